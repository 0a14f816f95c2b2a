package io.vertebra.kv;

/**
 * A key and what it holds.
 *
 * @param createRevision of the write that created the key; 0 if it is not there
 * @param modRevision of the last write
 * @param version writes since the key was created, that one included; 0 if it is not there
 * @param lease with which the key ends; 0 for none
 */
public record KvEntry(
    Bytes key, Bytes value, long createRevision, long modRevision, long version, long lease) {

  /** How a key that is not there looks. */
  public static KvEntry absent(Bytes key) {
    return new KvEntry(key, Bytes.EMPTY, 0, 0, 0, 0);
  }
}
