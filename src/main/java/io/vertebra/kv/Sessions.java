package io.vertebra.kv;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What proposers were answered and may ask for again, so that a batch that is sent twice is applied
 * once. A proposer that is silent while {@value #MAX_PROPOSERS} others are not is forgotten. For
 * one thread, but for {@link #bytes}.
 *
 * <p>Source: D. Ongaro, "Consensus: Bridging Theory and Practice", 2014, section 6.3.
 */
final class Sessions {
  static final int MAX_PROPOSERS = 1024;

  /** Results kept for a proposer; it has far fewer batches under way. */
  static final int MAX_RESULTS = 64;

  /** Bytes of all results kept; the oldest of the most silent proposer go first. */
  static final long MAX_BYTES = 64 << 20;

  private static final int PROPOSER_BYTES = 160;
  private static final int RESULT_BYTES = 40 + 24 + 16;

  /** What is known of a proposer; the results by their sequences. */
  private static final class Session {
    final NavigableMap<Long, byte[]> results = new TreeMap<>();
    long forgotten;
  }

  /**
   * A session at one moment.
   *
   * @param forgotten what has a sequence up to this was applied, and its result is not kept
   */
  record Saved(long proposer, long forgotten, List<Result> results) {}

  /** The result of a batch. */
  static final class Result {
    final long sequence;
    final byte[] bytes;

    Result(long sequence, byte[] bytes) {
      this.sequence = sequence;
      this.bytes = bytes;
    }
  }

  private final Map<Long, Session> sessions = new LinkedHashMap<>(16, 0.75f, true);
  private final LongAdder bytes = new LongAdder();
  private long resultBytes;

  /** Takes note of what a proposer will never ask for again. */
  void acknowledge(long proposer, long acknowledged) {
    Session session = sessions.get(proposer);
    if (session == null) {
      session = new Session();
      sessions.put(proposer, session);
      bytes.add(PROPOSER_BYTES);
      forgetSilentProposers();
    }
    forget(session, acknowledged);
  }

  /** The result of a batch seen before; null if it is new, or forgotten. */
  byte @Nullable [] find(long proposer, long sequence) {
    Session session = sessions.get(proposer);
    return session == null ? null : session.results.get(sequence);
  }

  /** Whether a batch that is not found was applied before. */
  boolean isForgotten(long proposer, long sequence) {
    Session session = sessions.get(proposer);
    return session != null && sequence <= session.forgotten;
  }

  void keep(long proposer, long sequence, byte[] result) {
    Session session = sessions.get(proposer);
    if (session == null) {
      return;
    }
    if (session.results.put(sequence, result) == null) {
      count(result, 1);
    }
    if (session.results.size() > MAX_RESULTS) {
      forget(session, session.results.firstKey());
    }
    forgetOldResults();
  }

  private void forgetOldResults() {
    for (Session session : sessions.values()) {
      while (resultBytes > MAX_BYTES && !session.results.isEmpty()) {
        forget(session, session.results.firstKey());
      }
      if (resultBytes <= MAX_BYTES) {
        return;
      }
    }
  }

  private void forgetSilentProposers() {
    if (sessions.size() > MAX_PROPOSERS) {
      Session silent = sessions.remove(sessions.keySet().iterator().next());
      if (silent != null) {
        forget(silent, Long.MAX_VALUE);
        bytes.add(-PROPOSER_BYTES);
      }
    }
  }

  private void forget(Session session, long upTo) {
    while (!session.results.isEmpty() && session.results.firstKey() <= upTo) {
      count(session.results.pollFirstEntry().getValue(), -1);
    }
    session.forgotten = Math.max(session.forgotten, upTo);
  }

  private void count(byte[] result, int sign) {
    resultBytes += (long) sign * result.length;
    bytes.add(sign * (RESULT_BYTES + Version.aligned(result.length)));
  }

  /** The one that was silent for longest first. */
  List<Saved> save() {
    List<Saved> saved = new ArrayList<>(sessions.size());
    sessions.forEach(
        (proposer, session) -> {
          List<Result> results = new ArrayList<>(session.results.size());
          session.results.forEach((sequence, result) -> results.add(new Result(sequence, result)));
          saved.add(new Saved(proposer, session.forgotten, results));
        });
    return saved;
  }

  /** Adds what was saved, in the same order. */
  void restore(Saved saved) {
    acknowledge(saved.proposer(), saved.forgotten());
    saved.results().forEach(result -> keep(saved.proposer(), result.sequence, result.bytes));
  }

  long bytes() {
    return bytes.sum();
  }
}
