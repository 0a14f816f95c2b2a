package io.vertebra.lock;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.lock.LockDocumentStore.Moment;
import io.vertebra.lock.LockDocumentStore.Stored;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WatchJobTest {
  private static final int TURNS = 20_000;

  private final Vertx vertx = Vertx.vertx();
  private final OneDocument documents = new OneDocument();
  private final WaitJob changes =
      new WaitJob(
          vertx,
          (name, tickets) -> Future.succeededFuture(new WaitJob.Standing(Duration.ofMinutes(1))),
          Future::succeededFuture);

  /** A single document, read at once. */
  private static final class OneDocument implements LockDocumentStore {
    private final AtomicInteger reads = new AtomicInteger();
    private volatile Stored stored = new Stored("a", LockDocument.EMPTY, 0);

    @Override
    public Future<Moment> read(List<String> names) {
      reads.incrementAndGet();
      return Future.succeededFuture(new Moment(0, 1, List.of(stored)));
    }

    @Override
    public Future<Boolean> write(List<Change> all, long now) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Moment> list(String prefix, String after, int limit) {
      return read(List.of());
    }

    @Override
    public Future<Void> sweep() {
      return Future.succeededFuture();
    }

    @Override
    public Runnable follow(Consumer<String> changed) {
      return () -> {};
    }
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void tellsWhatHappensAfterAnySilence() {
    WatchJob watch =
        new WatchJob(vertx, documents, changes, name -> Future.succeededFuture(), "a", false);
    await(watch.open(0));
    Future<LockService.Batch> news = watch.next();
    while (documents.reads.get() < TURNS) {
      changes.changed("a");
    }
    assertThat(news.isComplete()).isFalse();
    LockEvent event = new LockEvent(LockEvent.Type.ACQUIRED, "a", "ann", 7, 7);
    documents.stored =
        new Stored("a", new LockDocument(List.of(), List.of(), List.of(event), 0), 7);
    eventually(
        () -> {
          changes.changed("a");
          assertThat(news.isComplete()).isTrue();
        });
    assertThat(await(news)).isEqualTo(new LockService.Batch(7, List.of(event)));
    watch.close();
  }
}
