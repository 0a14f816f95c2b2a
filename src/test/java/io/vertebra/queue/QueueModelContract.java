package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Fields;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random senders and receivers of two groups, the clock and changes of the owner, against a model
 * that knows only what was acknowledged.
 */
abstract class QueueModelContract {
  private static final String QUEUE = "model";
  private static final List<String> GROUPS = List.of("default", "other");
  private static final int STEPS = 400;

  /** What the model knows of one group. */
  private static final class Group {
    final Set<String> acked = new HashSet<>();
    final Map<String, ReceivedMessage> held = new HashMap<>();
    final List<ReceivedMessage> stale = new ArrayList<>();

    void forget() {
      stale.addAll(held.values());
      held.clear();
    }
  }

  private final Map<String, String> keys = new HashMap<>();
  private final List<String> sent = new ArrayList<>();
  private final Map<String, Group> groups = new HashMap<>();

  /** Queues of which none is named as the one here. */
  abstract QueueService queues();

  abstract void letTimePass(Duration time);

  /** Something that must change nothing, such as another queues(). */
  abstract void changeOwner();

  /** Whether a receipt is good with the next owner too. */
  boolean receiptsOutliveTheirOwner() {
    return true;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void losesNothingRepeatsNothingAcknowledgedAndKeepsTheOrderOfKeys(long seed) {
    Random random = new Random(seed);
    QueueDefinition patient =
        QueueDefinition.from(QUEUE, Fields.of(new JsonObject().put("maxAttempts", 0)));
    await(queues().define(new DefineQueue(QUEUE, patient, Optional.empty())));
    await(queues().seek(SeekGroup.first(QUEUE, "other")));
    GROUPS.forEach(name -> groups.put(name, new Group()));
    for (int step = 0; step < STEPS; step++) {
      Group group = groups.get(GROUPS.get(random.nextInt(2)));
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> send(random);
        case 3 -> sendWhileOneWaits(random, nameOf(group), group);
        case 4, 5 -> receive(nameOf(group), group, 1 + random.nextInt(4));
        case 6, 7, 8 -> settle(random, group, Settlement.Kind.ACK);
        case 9 -> settle(random, group, Settlement.Kind.NACK);
        case 10 -> tryStale(random, group);
        default -> disturb(random);
      }
    }
    GROUPS.forEach(name -> drain(name, groups.get(name)));
    eventually(() -> assertThat(await(queues().get(QUEUE)).messages()).isZero());
  }

  private String nameOf(Group group) {
    return groups.get(GROUPS.get(0)) == group ? GROUPS.get(0) : GROUPS.get(1);
  }

  private void send(Random random) {
    NewMessage message = NewMessage.of("m" + sent.size());
    Optional<String> key =
        random.nextInt(3) > 0 ? Optional.of("k" + random.nextInt(3)) : Optional.empty();
    NewMessage keyed = key.map(message::keyed).orElse(message);
    String id = await(queues().send(QUEUE, List.of(keyed))).get(0).get().id();
    key.ifPresent(name -> keys.put(id, name));
    sent.add(id);
  }

  private void receive(String name, Group group, int max) {
    ReceiveMessages request = ReceiveMessages.of(QUEUE, max).as(name);
    take(group, await(queues().receive(request, QueueRig.never())));
  }

  private void sendWhileOneWaits(Random random, String name, Group group) {
    ReceiveMessages request =
        ReceiveMessages.of(QUEUE, 2).as(name).waiting(Duration.ofMillis(1 + random.nextInt(20)));
    Future<List<ReceivedMessage>> waiting = queues().receive(request, QueueRig.never());
    send(random);
    take(group, await(waiting));
  }

  private void take(Group group, List<ReceivedMessage> messages) {
    for (ReceivedMessage message : messages) {
      String id = message.message().id();
      assertThat(group.acked).doesNotContain(id);
      String key = keys.get(id);
      if (key != null) {
        assertThat(sent.subList(0, sent.indexOf(id)).stream().filter(key(key)))
            .as("all before %s of its key are done with", id)
            .allMatch(group.acked::contains);
      }
      ReceivedMessage before = group.held.put(id, message);
      if (before != null) {
        group.stale.add(before);
      }
    }
  }

  private Predicate<String> key(String key) {
    return id -> key.equals(keys.get(id));
  }

  private void settle(Random random, Group group, Settlement.Kind kind) {
    if (group.held.isEmpty()) {
      return;
    }
    List<String> ids = group.held.keySet().stream().sorted().toList();
    ReceivedMessage message = group.held.remove(ids.get(random.nextInt(ids.size())));
    Settlement settlement =
        kind == Settlement.Kind.ACK
            ? Settlement.ack(message.receipt())
            : Settlement.nack(message.receipt(), Duration.ofMillis(random.nextInt(2_000)), "");
    Settled settled = await(queues().settle(QUEUE, List.of(settlement))).get(0).get();
    if (settled.result() == Settled.Result.ACKED) {
      group.acked.add(message.message().id());
    } else {
      assertThat(settled.result()).isEqualTo(Settled.Result.RETRIED);
      group.stale.add(message);
    }
  }

  private void tryStale(Random random, Group group) {
    if (!group.stale.isEmpty()) {
      ReceivedMessage message = group.stale.get(random.nextInt(group.stale.size()));
      Outcome<Settled> refused =
          await(queues().settle(QUEUE, List.of(Settlement.ack(message.receipt())))).get(0);
      assertThat(refused.failure()).as("%s is stale", message.receipt()).isPresent();
    }
  }

  private void disturb(Random random) {
    if (random.nextInt(3) == 0) {
      changeOwner();
      if (!receiptsOutliveTheirOwner()) {
        groups.values().forEach(Group::forget);
      }
    } else {
      letTimePass(Duration.ofMillis(random.nextInt(60_000)));
    }
  }

  /** Everything that is left comes, sooner or later. */
  private void drain(String name, Group group) {
    eventually(
        () -> {
          letTimePass(Duration.ofMinutes(1));
          receive(name, group, 100);
          for (ReceivedMessage message : List.copyOf(group.held.values())) {
            Outcome<Settled> acked =
                await(queues().settle(QUEUE, List.of(Settlement.ack(message.receipt())))).get(0);
            if (acked.failure().isEmpty()) {
              group.held.remove(message.message().id());
              group.acked.add(message.message().id());
            }
          }
          assertThat(group.acked).containsExactlyInAnyOrderElementsOf(sent);
        });
  }
}
