package io.vertebra.kv;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the store does by itself: the leader ends leases that were not kept alive and forgets old
 * revisions; every member tells its watchers how far it is. Its methods are called by one thread at
 * a time, again and again.
 */
final class UpkeepJob {
  private static final Logger LOG = LoggerFactory.getLogger(UpkeepJob.class);
  private static final int MAX_EXPIRED_AT_ONCE = 1_000;

  /** How often memory is taken back at once. */
  private static final int MAX_TRIMS = 100;

  /** Several times the longest that a part of a restore may take. */
  static final Duration RESTORE_SILENCE = Duration.ofSeconds(90);

  private final KvReplica replica;
  private final Proposer proposer;
  private final KvOptions options;
  private final LongSupplier nanoTime;

  /** When the store was at which revision, the oldest first. */
  private final Deque<Mark> marks = new ArrayDeque<>();

  private volatile boolean compacting;

  /** How far a restore was, and when it came there. */
  private Progress progress = new Progress(0, 0, 0);

  private record Mark(long nanos, long revision) {}

  private record Progress(long nanos, long restore, long rows) {}

  UpkeepJob(KvReplica replica, Proposer proposer, KvOptions options, LongSupplier nanoTime) {
    this.replica = replica;
    this.proposer = proposer;
    this.options = options;
    this.nanoTime = nanoTime;
  }

  /** To be called ten times a second. */
  void expire() {
    proposer.expire();
    for (Command.Expire due : replica.leases().due(MAX_EXPIRED_AT_ONCE)) {
      CompletionStage<?> unused =
          proposer
              .submit(Codec.encode(due))
              .whenComplete(
                  (answer, cause) -> {
                    if (cause != null) {
                      replica.leases().notExpired(due.id());
                    }
                  });
    }
  }

  /** To be called once a second; it may look at the whole history. */
  void tidy() {
    replica.watches().tellProgress(nanoTime.getAsLong());
    trim();
    replica.state().gathered().ifPresent(this::cancelAbandoned);
    long target = forgettable();
    if (replica.leases().leads() && target > replica.state().compactedRevision() && !compacting) {
      compacting = true;
      CompletionStage<?> unused =
          proposer
              .submit(Codec.encode(new Command.Compact(target)))
              .whenComplete(
                  (answer, cause) -> {
                    compacting = false;
                    if (cause != null) {
                      LOG.debug("kv.compact failed revision={}", target, cause);
                    }
                  });
    }
  }

  /** Goes on with what no entry of the log does, as none comes. */
  private void trim() {
    boolean more = true;
    for (int i = 0; more && i < MAX_TRIMS; i++) {
      more = replica.trim();
    }
  }

  /** Whoever restored is gone if nothing came for long; the memory is then given back. */
  private void cancelAbandoned(Gathered restore) {
    long now = nanoTime.getAsLong();
    if (restore.id() != progress.restore() || restore.rows() != progress.rows()) {
      progress = new Progress(now, restore.id(), restore.rows());
    } else if (now - progress.nanos() >= RESTORE_SILENCE.toNanos() && replica.leases().leads()) {
      progress = new Progress(now, restore.id(), restore.rows());
      LOG.warn("kv.restore given up silentMs={}", RESTORE_SILENCE.toMillis());
      CompletionStage<?> unused =
          proposer.submit(Codec.encode(new Command.CancelRestore(restore.id())));
    }
  }

  /** The revision before which the options allow to forget. */
  private long forgettable() {
    long now = nanoTime.getAsLong();
    long present = replica.state().revision();
    if (marks.isEmpty() || marks.getLast().revision() != present) {
      marks.add(new Mark(now, present));
    }
    long byAge = 0;
    Duration age = options.historyAge();
    while (!marks.isEmpty() && now - marks.element().nanos() >= age.toNanos()) {
      byAge = marks.remove().revision();
    }
    long byCount = present - options.historyRevisions();
    return Math.max(byAge, Math.max(byCount, forgettableByBytes()));
  }

  /** The revision after which all changes together weigh no more than the options allow. */
  private long forgettableByBytes() {
    History history = replica.state().versions().history();
    long bytes = 0;
    for (long i = history.end() - 1; i >= history.first(); i--) {
      Version version = history.get(i);
      if (version == null) {
        break;
      }
      bytes += version.weight();
      if (bytes > options.historyBytes()) {
        return version.modRevision;
      }
    }
    return 0;
  }
}
