package io.vertebra.kv.spill;

/** A value cannot be written or read: whoever needs it has to make all anew. */
public final class ValueFaultException extends RuntimeException {
  private static final long serialVersionUID = 1;

  ValueFaultException(String message, Throwable cause) {
    super(message, cause);
  }
}
