package io.vertebra.queue;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.RangeRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Iterator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes what is left of queues that were removed or purged, some keys at a time, so that no entry
 * of the log takes long to apply. Used on one context.
 */
final class CleanJob {
  private static final Logger LOG = LoggerFactory.getLogger(CleanJob.class);
  private static final int KEYS_AT_ONCE = 2_000;

  private final Vertx vertx;
  private final KvService kv;
  private final CommitJob commits;
  private boolean running;
  private boolean again;
  private boolean stopped;

  CleanJob(Vertx vertx, KvService kv, CommitJob commits) {
    this.vertx = vertx;
    this.kv = kv;
    this.commits = commits;
  }

  /** Looks what there is to do, once more if it is at it. */
  void start() {
    again = true;
    if (!running && !stopped) {
      running = true;
      run();
    }
  }

  void stop() {
    stopped = true;
  }

  private void run() {
    again = false;
    kv.all(QueueKeys.ALL_TRASH)
        .compose(all -> cleanAll(all.entries()))
        .onFailure(cause -> LOG.debug("queue.clean failed", cause))
        .onComplete(
            done -> {
              running = again && !stopped;
              if (running) {
                run();
              }
            });
  }

  private Future<Void> cleanAll(List<KvEntry> trash) {
    Iterator<KvEntry> left = trash.iterator();
    return LoopJob.run(
        vertx,
        () ->
            left.hasNext() && !stopped
                ? clean(left.next().key()).map(true)
                : Future.succeededFuture(false));
  }

  private Future<Void> clean(Bytes mark) {
    long number = QueueKeys.trashed(mark);
    return empty(KeyRange.prefix(QueueKeys.messages(number)))
        .compose(done -> empty(KeyRange.prefix(QueueKeys.bodies(number))))
        .compose(done -> empty(KeyRange.prefix(QueueKeys.dedups(number))))
        .compose(done -> commits.commit(new Change().delete(mark)))
        .mapEmpty();
  }

  private Future<Void> empty(KeyRange range) {
    return LoopJob.run(vertx, () -> emptySome(range));
  }

  /** Whether there is more. */
  private Future<Boolean> emptySome(KeyRange range) {
    RangeRequest some = new RangeRequest(range, KEYS_AT_ONCE, 0, true, false, false, false);
    return kv.range(some)
        .compose(
            found -> {
              List<KvEntry> entries = found.entries();
              if (entries.isEmpty() || stopped) {
                return Future.succeededFuture(false);
              }
              Bytes last = entries.get(entries.size() - 1).key();
              KeyRange part = new KeyRange(range.from(), last.successor());
              return commits.commit(new Change().delete(part)).map(done -> found.more());
            });
  }
}
