package io.vertebra.kv.spill;

/** A value was let go of by its owner before it was read. */
public final class ValueGoneException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ValueGoneException() {
    super("the value is not needed any more", null, false, false);
  }
}
