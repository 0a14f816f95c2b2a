package io.vertebra.idempotency;

import io.vertebra.api.Backend;
import io.vertebra.api.Fields;

/**
 * How answers are kept.
 *
 * @param maxBodyBytes the longest body of an answer that is stored; at most and by default 256 KiB
 * @param maxScopeBytes what the answers of one scope may take before nothing new begins; default 64
 *     MiB
 * @param backend {@code kv} unless given, or {@code redis}
 */
public record IdempotencyOptions(int maxBodyBytes, long maxScopeBytes, Backend backend) {
  /** As JSON in base64 it must fit into a value of the store. */
  public static final int MAX_BODY_BYTES = 256 * 1024;

  public static final IdempotencyOptions DEFAULTS =
      new IdempotencyOptions(MAX_BODY_BYTES, 64L << 20);

  /** The same in the store that the nodes share. */
  public IdempotencyOptions(int maxBodyBytes, long maxScopeBytes) {
    this(maxBodyBytes, maxScopeBytes, Backend.KV);
  }

  public static IdempotencyOptions from(Fields fields) {
    int maxBodyBytes =
        fields
            .integer("maxBodyBytes", 0, MAX_BODY_BYTES)
            .about("The longest body of an answer that is stored.")
            .orElse(DEFAULTS.maxBodyBytes);
    long maxScopeBytes =
        fields
            .longInteger("maxScopeBytes", 1 << 10, 1L << 40)
            .about("What the answers of one scope may take before nothing new begins.")
            .orElse(DEFAULTS.maxScopeBytes);
    Backend backend =
        fields
            .choice("backend", Backend.class)
            .matching(each -> each != Backend.SQL, "must be kv or redis")
            .about("Where answers are kept.")
            .orElse(Backend.KV);
    return fields.build(() -> new IdempotencyOptions(maxBodyBytes, maxScopeBytes, backend));
  }
}
