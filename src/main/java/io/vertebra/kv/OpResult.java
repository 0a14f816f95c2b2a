package io.vertebra.kv;

import java.util.List;
import java.util.Optional;

/** What a step of a transaction did. */
public sealed interface OpResult {

  /**
   * A key was written.
   *
   * @param previous the entry before, if asked for and there was one
   */
  record Put(Optional<KvEntry> previous) implements OpResult {}

  /**
   * Keys were removed.
   *
   * @param previous the entries before, if asked for
   */
  record Delete(long deleted, List<KvEntry> previous) implements OpResult {}

  record Get(RangeResult result) implements OpResult {}

  record Choice(boolean succeeded, List<OpResult> results) implements OpResult {}

  /** A key was appended. */
  record Append(Bytes key) implements OpResult {}

  /** A lease was granted. */
  record Grant() implements OpResult {}

  /** A lease was ended, unless it had ended before. */
  record Revoke(boolean ended) implements OpResult {}

  /** What a key holds after something was added. */
  record Add(long value) implements OpResult {}

  /** The token of the holder from now on. */
  record Overtake(long token) implements OpResult {}
}
