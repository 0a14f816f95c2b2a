package io.vertebra.kv;

/**
 * Asks for the entries of a range, in the order of their keys.
 *
 * @param limit most entries wanted; 0 for as many as fit into one answer
 * @param revision as of which; 0 for now
 * @param keysOnly whether values are left out
 * @param countTotal whether to count all keys of the range, which visits each of them
 * @param countOnly whether to count and answer no entries
 * @param serializable whether an answer of this node alone will do, which may be old
 */
public record RangeRequest(
    KeyRange range,
    int limit,
    long revision,
    boolean keysOnly,
    boolean countTotal,
    boolean countOnly,
    boolean serializable) {

  /** The present entry of one key. */
  public static RangeRequest one(Bytes key) {
    return new RangeRequest(KeyRange.one(key), 1, 0, false, false, false, false);
  }

  /** The present entries of a range, as many as fit into one answer. */
  public static RangeRequest all(KeyRange range) {
    return new RangeRequest(range, 0, 0, false, false, false, false);
  }

  public RangeRequest at(long wanted) {
    return new RangeRequest(range, limit, wanted, keysOnly, countTotal, countOnly, serializable);
  }

  public RangeRequest limited(int most) {
    return new RangeRequest(range, most, revision, keysOnly, countTotal, countOnly, serializable);
  }

  /** Answered by this node alone. */
  public RangeRequest locally() {
    return new RangeRequest(range, limit, revision, keysOnly, countTotal, countOnly, true);
  }
}
