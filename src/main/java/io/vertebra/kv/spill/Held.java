package io.vertebra.kv.spill;

/** A value that is held somewhere: in memory or in a file. */
public interface Held {

  /** How many bytes it has. */
  int length();

  /**
   * The bytes, not to be changed; from a file this blocks.
   *
   * @throws ValueGoneException if it was let go of meanwhile
   * @throws ValueFaultException if the file cannot be read, or is damaged
   */
  byte[] array();
}
