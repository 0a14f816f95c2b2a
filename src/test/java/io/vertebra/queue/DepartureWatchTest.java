package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

final class DepartureWatchTest {
  private final Queue<Runnable> turns = new ArrayDeque<>();
  private final DepartureWatch departures = new DepartureWatch(turns::add);
  private final Promise<Void> gone = Promise.promise();
  private final List<String> ended = new ArrayList<>();

  private void runTurns() {
    for (Runnable turn = turns.poll(); turn != null; turn = turns.poll()) {
      turn.run();
    }
  }

  private Runnable add(String name) {
    return departures.add(gone.future(), () -> ended.add(name));
  }

  @Test
  void endsAllThatAreNotForgottenOnce() {
    add("a");
    add("b").run();
    add("c");
    gone.complete();
    assertThat(turns).hasSize(1);
    runTurns();
    assertThat(ended).containsExactlyInAnyOrder("a", "c");
  }

  @Test
  void endsOneThatComesAfterTheCallerWent() {
    add("a");
    gone.complete();
    add("b");
    runTurns();
    add("c");
    runTurns();
    assertThat(ended).containsExactlyInAnyOrder("a", "b", "c");
  }

  private WeakReference<DepartureWatch> addToAnother() {
    DepartureWatch another = new DepartureWatch(turns::add);
    another.add(gone.future(), () -> ended.add("never")).run();
    return new WeakReference<>(another);
  }

  @Test
  void isNotHeldByACallerThatStays() {
    WeakReference<DepartureWatch> another = addToAnother();
    eventually(
        () -> {
          System.gc();
          assertThat(another.get()).isNull();
        });
    gone.complete();
    assertThat(turns).isEmpty();
  }

  @Test
  void endsThoseOfOneCallerAlone() {
    Promise<Void> other = Promise.promise();
    departures.add(other.future(), () -> ended.add("other"));
    add("a");
    gone.complete();
    runTurns();
    assertThat(ended).containsExactly("a");
  }
}
