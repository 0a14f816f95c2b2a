package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;

/** How contracts of queues ask. */
public abstract class QueueContract {
  protected static final String ORDERS = "orders";
  protected static final Duration VISIBILITY = Duration.ofSeconds(30);

  /** Queues of which none is named as those here. */
  protected abstract QueueService queues();

  /** Moves the clock by which queues go. */
  protected abstract void letTimePass(Duration time);

  @BeforeEach
  final void defineOrders() {
    define(ORDERS, "{}");
  }

  protected final QueueView define(String queue, String json) {
    JsonObject definition = new JsonObject(json.replace('\'', '"')).put("queue", queue);
    return await(queues().define(DefineQueue.from(Fields.of(definition))));
  }

  protected final String send(String queue, NewMessage message) {
    return await(queues().send(queue, List.of(message))).get(0).get().id();
  }

  protected final void sendAll(String... bodies) {
    for (String body : bodies) {
      String unused = send(ORDERS, NewMessage.of(body));
    }
  }

  protected final List<ReceivedMessage> receive(ReceiveMessages request) {
    return await(queues().receive(request, Promise.<Void>promise().future()));
  }

  protected final List<ReceivedMessage> receive(int max) {
    return receive(ReceiveMessages.of(ORDERS, max));
  }

  protected final ReceivedMessage receiveOne() {
    List<ReceivedMessage> messages = receive(1);
    assertThat(messages).hasSize(1);
    return messages.get(0);
  }

  /** What becomes due shortly. */
  protected final List<ReceivedMessage> receiveSoon(String queue) {
    List<ReceivedMessage> found = new ArrayList<>();
    eventually(
        () -> {
          found.addAll(receive(ReceiveMessages.of(queue, 100)));
          assertThat(found).isNotEmpty();
        });
    return found;
  }

  protected final Settled settle(Settlement settlement) {
    return await(queues().settle(ORDERS, List.of(settlement))).get(0).get();
  }

  protected final FailureCode refusedSettlement(Settlement settlement) {
    return refused(() -> settle(settlement));
  }

  protected static FailureCode refused(Runnable action) {
    return Failure.of(catchThrowable(action::run)).code();
  }

  protected static List<String> bodies(List<ReceivedMessage> messages) {
    return messages.stream().map(received -> text(received.message())).toList();
  }

  protected static String text(Message message) {
    return message.body().toString();
  }

  protected final GroupView group(String queue, String name) {
    return await(queues().get(queue)).groups().stream()
        .filter(each -> each.name().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
