package io.vertebra.auth;

import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * What the store keeps under a name.
 *
 * @param value which nobody may change
 * @param revision of the last write; 0 if it was never written
 * @param expiresAtMs when it is as if it were not there, in ms since 1970; 0 for never
 */
record Document(DocumentId id, JsonObject value, long revision, long expiresAtMs) {

  boolean isExpired(long nowMs) {
    return expiresAtMs != 0 && expiresAtMs <= nowMs;
  }

  /** The change that puts another value in its place, if it is still the present one. */
  Change to(JsonObject changed) {
    return new Change(id, revision, Optional.of(changed), expiresAtMs);
  }

  /** The change that removes it, if it is still the present one. */
  Change removed() {
    return new Change(id, revision, Optional.empty(), 0);
  }
}
