package io.vertebra;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Fields;
import io.vertebra.queue.DefineQueue;
import io.vertebra.queue.QueueOptions;
import io.vertebra.queue.QueueVerticle;
import io.vertebra.queue.ReceiveMessages;
import io.vertebra.queue.Settlement;
import io.vertebra.testkit.KvNode;
import io.vertebra.webhook.AllowedHosts;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class QueueCommandTest {
  private final KvNode node = new KvNode();
  private final QueueVerticle queues =
      QueueVerticle.stored(
          node.kernel,
          QueueOptions.from(Fields.of(new JsonObject())),
          node.kv(),
          node.kv(),
          AllowedHosts.of(List.of()),
          1,
          System::nanoTime);

  @BeforeEach
  void deploy() {
    String unused = await(node.vertx.deployVerticle(queues));
    await(queues.service().define(DefineQueue.of("orders")));
  }

  @AfterEach
  void close() {
    node.close();
  }

  private String run(Set<String> flags, String input, String... words) throws IOException {
    QueueCommand.check(List.of(words));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    QueueCommand command =
        new QueueCommand(
            URI.create(node.url()),
            Optional.empty(),
            new ByteArrayInputStream(input.getBytes(UTF_8)),
            new PrintStream(out, true, UTF_8));
    command.run(List.of(words), flags);
    return out.toString(UTF_8);
  }

  @Test
  void sendsAndReceives() throws IOException {
    assertThat(run(Set.of(), "", "send", "orders", "one")).hasSize(17);
    assertThat(run(Set.of(), "two", "send", "orders")).hasSize(17);
    assertThat(run(Set.of("--keep"), "", "receive", "orders")).isEqualTo("one\n");
    assertThat(run(Set.of(), "", "receive", "orders", "default")).isEqualTo("one\n");
    assertThat(run(Set.of(), "", "receive", "orders")).isEqualTo("two\n");
    assertThatThrownBy(() -> run(Set.of(), "", "receive", "orders"))
        .hasMessage("there is no message");
    assertThatThrownBy(() -> run(Set.of(), "", "send", "other", "x"))
        .hasMessage("there is no queue other");
    assertThatThrownBy(() -> run(Set.of(), "", "send", "../kv:txn?x= y", "x"))
        .hasMessageContaining("/queue must begin with a letter or digit");
  }

  @Test
  void countsNoAttemptOfAMessageThatIsKept() throws IOException {
    run(Set.of(), "", "send", "orders", "one");
    int attempts = await(queues.service().get("orders")).definition().maxAttempts();
    for (int i = 0; i <= attempts; i++) {
      assertThat(run(Set.of("--keep"), "", "receive", "orders")).isEqualTo("one\n");
    }
  }

  @Test
  void movesDeadLettersBack() throws IOException {
    run(Set.of(), "", "send", "orders", "one");
    String receipt =
        await(
                queues
                    .service()
                    .receive(ReceiveMessages.of("orders", 1), Promise.<Void>promise().future()))
            .get(0)
            .receipt();
    await(queues.service().settle("orders", List.of(Settlement.reject(receipt, "bad"))));
    assertThat(run(Set.of("--preview"), "", "redrive", "orders.dead")).contains("\"matched\":1");
    assertThat(run(Set.of(), "", "redrive", "orders.dead")).contains("\"status\":");
    eventually(() -> assertThat(await(queues.service().get("orders")).messages()).isOne());
  }

  @Test
  void saysWhatIsMisspelt() {
    assertThatThrownBy(() -> QueueCommand.check(List.of("eat")))
        .hasMessage("queue wants send, receive or redrive");
    assertThatThrownBy(() -> QueueCommand.check(List.of("send")))
        .hasMessage("write queue send QUEUE [BODY]");
  }
}
