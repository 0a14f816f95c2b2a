package io.vertebra.queue;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class QueueIndexTest {
  private static final int MESSAGES = 200_000;
  private static final long MOST_BYTES = 200;

  private static StoredMessage message(long id) {
    return new StoredMessage(
        id, 1_024, Optional.empty(), Optional.empty(), 4, Map.of(), "text/plain", 0, 0);
  }

  private static QueueIndex index() {
    return new QueueIndex(List.of(new StoredGroup("default", 1, 0)));
  }

  private static long used() {
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void takesFewBytesForAMessage() {
    long before = used();
    QueueIndex index = index();
    for (int id = 1; id <= MESSAGES; id++) {
      index.add(message(id), 0);
    }
    long each = (used() - before) / MESSAGES;
    assertThat(index.size()).isEqualTo(MESSAGES);
    assertThat(each).isPositive().isLessThan(MOST_BYTES);
  }

  @Test
  void findsMessagesWhateverOrderTheyCameAndWentIn() {
    QueueIndex index = index();
    for (long id : new long[] {5, 1, 9, 3, 7}) {
      index.add(message(id), 0);
    }
    index.remove(index.find(3).orElseThrow());
    assertThat(index.find(3)).isEmpty();
    assertThat(index.find(4)).isEmpty();
    assertThat(index.first(2, entry -> true)).map(entry -> entry.id).contains(5L);
    GroupIndex group = index.groups().get(0);
    List<Long> order = new ArrayList<>();
    for (Delivery next = group.poll(0); next != null; next = group.poll(0)) {
      order.add(next.entry.id);
    }
    assertThat(order).containsExactly(1L, 5L, 7L, 9L);
  }

  @Test
  void forgetsWhatIsRemovedAfterAWhile() {
    QueueIndex index = index();
    for (int id = 1; id <= 10_000; id++) {
      index.add(message(id), 0);
    }
    for (int id = 1; id <= 10_000; id++) {
      if (id % 10 != 0) {
        index.remove(index.find(id).orElseThrow());
      }
    }
    assertThat(index.size()).isEqualTo(1_000);
    assertThat(index.bytes()).isEqualTo(1_000 * 1_024);
    for (int id = 1; id <= 10_000; id++) {
      assertThat(index.find(id).isPresent()).isEqualTo(id % 10 == 0);
    }
    assertThat(index.groups().get(0).count(Delivery.State.READY)).isEqualTo(1_000);
  }

  @Test
  void putsBackWhatWasNotRemovedAfterAll() {
    QueueIndex index = index();
    index.add(message(1), 0);
    Entry entry = index.find(1).orElseThrow();
    entry.gone = true;
    GroupIndex group = index.groups().get(0);
    assertThat(group.poll(0)).isNull();
    index.keep(entry);
    assertThat(group.poll(0)).isNotNull();
  }
}
