package io.vertebra.schedule;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvEvent;
import io.vertebra.kv.KvWatch;
import io.vertebra.kv.WatchBatch;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StoredEventWatchTest {
  private static final int MANY = 50_000;

  private final Vertx vertx = Vertx.vertx();

  @AfterEach
  void close() {
    await(vertx.close());
  }

  /** Tells of changes of the schedule {@code other}, then one of {@code mine}, then breaks off. */
  private static final class InMemoryWatch implements KvWatch {
    private final int others;
    private long revision;

    InMemoryWatch(int others) {
      this.others = others;
    }

    @Override
    public Future<WatchBatch> next() {
      revision++;
      if (revision > others + 1) {
        return Failure.future(FailureCode.COMPACTED, "it is too late");
      }
      Bytes key = ScheduleKeys.job(revision > others ? "mine" : "other");
      KvEntry entry = new KvEntry(key, Bytes.EMPTY, revision, revision, 1, 0);
      KvEvent event = new KvEvent(KvEvent.Type.PUT, entry, Optional.empty());
      return Future.succeededFuture(new WatchBatch(revision, List.of(event)));
    }

    @Override
    public long fromRevision() {
      return 1;
    }

    @Override
    public void close() {}
  }

  private Future<ScheduleService.Batch> next(StoredEventWatch watch) {
    Promise<ScheduleService.Batch> answer = Promise.promise();
    vertx.runOnContext(now -> watch.next().onComplete(answer));
    return answer.future();
  }

  @Test
  void findsWhatIsWantedBehindHoweverManyChangesOfOthersAndTellsTheEnd() {
    StoredEventWatch watch =
        new StoredEventWatch(
            vertx, new InMemoryWatch(MANY), new WatchSchedules(Optional.of("mine"), 0));
    ScheduleService.Batch found = await(next(watch));
    assertThat(found.events()).extracting(ScheduleEvent::schedule).containsExactly("mine");
    assertThat(watch.told()).isEqualTo(MANY + 1);
    assertThat(Failure.of(catchThrowable(() -> await(next(watch)))).code())
        .isEqualTo(FailureCode.COMPACTED);
  }
}
