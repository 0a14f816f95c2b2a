package io.vertebra.raft;

import io.micrometer.core.instrument.Timer;
import io.vertebra.kv.Replica;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;

/**
 * The replica and how far it has come. It outlives the Ratis server, which is closed and opened
 * again when its log failed; entries that were applied before are then passed over.
 */
final class DrivenReplica {
  /** Stands for an answer that is forgotten. */
  private static final ByteString FORGOTTEN = ByteString.EMPTY;

  private static final ByteString ANSWERED = ByteString.copyFrom(new byte[] {1});
  private static final int ANSWERS = 64;
  private static final int READ_BYTES = 1 << 18;

  private final Replica replica;
  private final Timer applyTime;
  private final TreeMap<Long, ByteString> answers = new TreeMap<>();

  /** In which this member leads; 0 if it does not. */
  private long term;

  private volatile TermIndex applied = TermIndex.INITIAL_VALUE;

  DrivenReplica(Replica replica, Timer applyTime) {
    this.replica = replica;
    this.applyTime = applyTime;
  }

  /** Of the last entry that the state holds, whether it changed the state or not. */
  TermIndex applied() {
    return applied;
  }

  /** An entry that is none of the replica's was reached. */
  void passed(TermIndex at) {
    if (at.getIndex() > applied.getIndex()) {
      applied = at;
    }
  }

  /**
   * Applies an entry unless that was done before; see {@link #answer(ByteString)}. Throws if the
   * state cannot be kept, from then on until it {@link #recover}s.
   */
  ByteString apply(TermIndex at, ByteBuffer entry) {
    Optional<String> fault = fault();
    if (fault.isPresent()) {
      throw new IllegalStateException(fault.get());
    }
    if (at.getIndex() <= applied.getIndex()) {
      return answers.getOrDefault(at.getIndex(), FORGOTTEN);
    }
    Timer.Sample sample = Timer.start();
    ByteString answer =
        ANSWERED.concat(UnsafeByteOperations.unsafeWrap(replica.apply(at.getTerm(), entry)));
    sample.stop(applyTime);
    answers.put(at.getIndex(), answer);
    if (answers.size() > ANSWERS) {
      answers.pollFirstEntry();
    }
    applied = at;
    return answer;
  }

  /** Why the state cannot be kept here any more; empty if it can. */
  Optional<String> fault() {
    return replica.fault();
  }

  /** Forgets a state that could not be kept, so that it is loaded and applied anew. */
  void recover() {
    if (fault().isPresent()) {
      replica.reset();
      answers.clear();
      applied = TermIndex.INITIAL_VALUE;
    }
  }

  /** What the replica answered; empty if that is forgotten. */
  static Optional<byte[]> answer(ByteString reply) {
    return reply.isEmpty() ? Optional.empty() : Optional.of(reply.substring(1).toByteArray());
  }

  ByteString ask(ByteBuffer question) {
    return UnsafeByteOperations.unsafeWrap(replica.answer(question));
  }

  Replica.Image image() {
    return replica.image();
  }

  /** Puts a snapshot in place of the state, unless the state is beyond it. */
  void load(Path snapshot, TermIndex at) throws IOException {
    if (at.getIndex() <= applied.getIndex()) {
      return;
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(snapshot), READ_BYTES)) {
      replica.load(in);
    } catch (IOException e) {
      throw new DamagedFileException(snapshot, "is damaged: " + e.getMessage());
    }
    answers.clear();
    applied = at;
  }

  /**
   * Tells the replica, if that is news.
   *
   * @param now the term in which this member leads
   */
  synchronized void leading(long now) {
    if (term != now) {
      term = now;
      replica.leading(now);
    }
  }

  void leadsNoMore() {
    leading(0);
  }

  synchronized boolean leads() {
    return term != 0;
  }
}
