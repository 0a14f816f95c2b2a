package io.vertebra.kv;

/**
 * A condition on every key of a range; a range without keys is judged as one key that is not there,
 * which has no value to compare.
 *
 * @param number compared with, unless the target is the value
 * @param value compared with, if the target is the value
 */
public record Compare(KeyRange range, Target target, Relation relation, long number, Bytes value) {

  /** What is compared. */
  public enum Target {
    VERSION,
    CREATE_REVISION,
    MOD_REVISION,
    VALUE,
    LEASE
  }

  /** How the present one must stand to the given one. */
  public enum Relation {
    EQUAL,
    GREATER,
    LESS,
    NOT_EQUAL
  }

  /** That a key exists. */
  public static Compare exists(Bytes key) {
    return number(key, Target.VERSION, Relation.GREATER, 0);
  }

  /** That a key does not exist. */
  public static Compare absent(Bytes key) {
    return number(key, Target.VERSION, Relation.EQUAL, 0);
  }

  /** That a key was last written at {@code revision}; 0 if it is not there. */
  public static Compare modifiedAt(Bytes key, long revision) {
    return number(key, Target.MOD_REVISION, Relation.EQUAL, revision);
  }

  public static Compare number(Bytes key, Target target, Relation relation, long number) {
    return new Compare(KeyRange.one(key), target, relation, number, Bytes.EMPTY);
  }

  public static Compare value(Bytes key, Relation relation, Bytes value) {
    return new Compare(KeyRange.one(key), Target.VALUE, relation, 0, value);
  }
}
