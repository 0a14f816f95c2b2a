package io.vertebra.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.queue.OffsetTracker.Commit;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OffsetTrackerTest {

  private static OffsetTracker read(long from, long to) {
    OffsetTracker tracker = OffsetTracker.restore(from, "");
    LongStream.range(from, to).forEach(tracker::read);
    tracker.reached(to);
    return tracker;
  }

  @Test
  void commitsWhatIsDoneInARowAndTellsTheRestBesides() {
    OffsetTracker tracker = read(10, 20);
    tracker.done(12);
    tracker.done(13);
    tracker.done(17);
    assertThat(tracker.commit()).isEqualTo(new Commit(10, "r:2,2,3,1"));
    tracker.done(10);
    assertThat(tracker.commit()).isEqualTo(new Commit(11, "r:1,2,3,1"));
    tracker.done(11);
    assertThat(tracker.commit()).isEqualTo(new Commit(14, "r:3,1"));
    tracker.undone(17);
    assertThat(tracker.commit()).isEqualTo(new Commit(14, ""));
    LongStream.range(14, 20).forEach(tracker::done);
    assertThat(tracker.commit()).isEqualTo(new Commit(20, ""));
  }

  @Test
  void countsWhatIsNotThereAsDone() {
    OffsetTracker tracker = OffsetTracker.restore(0, "");
    assertThat(tracker.read(3)).isTrue();
    tracker.reached(6);
    assertThat(tracker.committable()).isEqualTo(3);
    assertThat(List.of(tracker.isDone(2), tracker.isDone(3), tracker.isDone(5), tracker.isDone(6)))
        .containsExactly(true, false, true, false);
    tracker.done(3);
    assertThat(tracker.commit()).isEqualTo(new Commit(6, ""));
  }

  @Test
  void goesOnWithoutWhatWasDone() {
    OffsetTracker before = read(0, 10);
    List.of(1L, 4L, 5L).forEach(before::done);
    Commit commit = before.commit();
    OffsetTracker after = OffsetTracker.restore(commit.offset(), commit.metadata());
    assertThat(after.commit()).isEqualTo(commit);
    assertThat(LongStream.range(0, 10).filter(after::read))
        .containsExactly(0L, 2L, 3L, 6L, 7L, 8L, 9L);
    after.reached(10);
    assertThat(after.commit()).isEqualTo(commit);
  }

  @Test
  void takesWhatOthersWroteBesidesACommitForNothing() {
    for (String strange : List.of("", "hello", "r:", "r:x!", "b:***", "r:-1")) {
      assertThat(OffsetTracker.restore(7, strange).commit()).isEqualTo(new Commit(7, ""));
    }
  }

  @Test
  void isDoneWithWhatWasNotReadAsYet() {
    OffsetTracker tracker = read(0, 2);
    tracker.done(5);
    tracker.done(4);
    tracker.undone(5);
    assertThat(tracker.commit()).isEqualTo(new Commit(0, "r:4,1"));
    assertThat(tracker.read(4)).isFalse();
    assertThat(tracker.read(5)).isTrue();
  }

  @Test
  void letsNothingOutWhoseAcknowledgementWouldNotFit() {
    int last = 3 * OffsetTracker.WINDOW;
    OffsetTracker tracker = read(0, last);
    int out = 0;
    for (long offset = 1; offset < last; offset += 2) {
      if (!tracker.mayGive(offset, out)) {
        break;
      }
      out++;
      tracker.done(offset);
      out--;
    }
    assertThat(tracker.commit().metadata().length())
        .isLessThanOrEqualTo(OffsetTracker.MAX_METADATA);
    assertThat(tracker.mayGive(last - 1, 0)).isFalse();
    assertThat(tracker.mayGive(0, 0)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void neverForgetsAndNeverInventsWhateverHappens(long seed) {
    Random random = new Random(seed);
    int span = seed % 2 == 0 ? 300 : 25_000;
    OffsetTracker tracker = OffsetTracker.restore(0, "");
    Set<Long> done = new HashSet<>();
    NavigableSet<Long> there = new TreeSet<>();
    long position = 0;
    for (int step = 0; step < 600; step++) {
      int choice = random.nextInt(10);
      if (choice < 5) {
        long next = position + random.nextInt(span / 50);
        for (long offset = position; offset < next; offset++) {
          if (random.nextInt(20) > 0) {
            there.add(offset);
            assertThat(tracker.read(offset)).isEqualTo(!done.contains(offset));
          }
        }
        tracker.reached(next);
        position = next;
      } else if (choice < 9) {
        long low = Math.max(0, position - span);
        long offset = low + random.nextInt(span);
        if (there.contains(offset) && !done.contains(offset) && tracker.mayGive(offset, 0)) {
          tracker.done(offset);
          done.add(offset);
        }
      } else {
        Commit commit = tracker.commit();
        assertThat(commit.metadata().length()).isLessThanOrEqualTo(OffsetTracker.MAX_METADATA);
        OffsetTracker other = OffsetTracker.restore(commit.offset(), commit.metadata());
        assertThat(done).containsAll(there.headSet(commit.offset()));
        for (long offset : there.tailSet(commit.offset())) {
          assertThat(other.isDone(offset)).isEqualTo(done.contains(offset));
        }
      }
    }
  }
}
