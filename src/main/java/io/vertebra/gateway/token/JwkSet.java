package io.vertebra.gateway.token;

import io.vertebra.auth.token.VerifyingKey;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The keys of an issuer as it publishes them (RFC 7517 section 5); those that are of no use here
 * are left out.
 *
 * @param keys by id
 * @param maxAge how long the issuer lets them be kept; empty if it does not say
 */
record JwkSet(Map<String, VerifyingKey> keys, Optional<Duration> maxAge) {
  static final int MAX_KEYS = 100;

  JwkSet {
    keys = Map.copyOf(keys);
  }

  /**
   * Reads them.
   *
   * @throws DecodeException if it is no set of keys
   */
  static JwkSet from(JsonObject document, Optional<Duration> maxAge) {
    if (!(document.getValue("keys") instanceof JsonArray list) || list.size() > MAX_KEYS) {
      throw new DecodeException("keys must be a list of at most " + MAX_KEYS);
    }
    Map<String, VerifyingKey> keys = new HashMap<>();
    for (Object each : list) {
      if (each instanceof JsonObject jwk) {
        VerifyingKey.from(jwk).ifPresent(key -> keys.putIfAbsent(key.id(), key));
      }
    }
    return new JwkSet(keys, maxAge);
  }
}
