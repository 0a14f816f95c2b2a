package io.vertebra.kv;

/** Bytes that say nothing; carries no stack trace. */
final class MalformedException extends RuntimeException {
  private static final long serialVersionUID = 1;

  MalformedException(String message) {
    super(message, null, false, false);
  }
}
