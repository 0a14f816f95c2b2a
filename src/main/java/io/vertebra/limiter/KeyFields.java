package io.vertebra.limiter;

/** What is known of a request, for the keys of policies. */
@FunctionalInterface
public interface KeyFields {

  /** The value of a part, but for literals; empty if the request has none. */
  String value(KeyPart part);
}
