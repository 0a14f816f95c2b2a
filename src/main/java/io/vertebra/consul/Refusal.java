package io.vertebra.consul;

/**
 * What an operation of a transaction could not do, in Consul's words. It carries no stack trace.
 */
final class Refusal extends RuntimeException {
  private static final long serialVersionUID = 1;

  Refusal(String what) {
    super(what, null, false, false);
  }

  static void unless(boolean holds, String otherwise) {
    if (!holds) {
      throw new Refusal(otherwise);
    }
  }
}
