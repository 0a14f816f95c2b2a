package io.vertebra.auth;

import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * A change of one document.
 *
 * @param ifRevision of its last write; 0 if it must not be there; {@link #ANY} if it does not
 *     matter
 * @param value empty to remove it
 * @param expiresAtMs 0 for never
 */
record Change(DocumentId id, long ifRevision, Optional<JsonObject> value, long expiresAtMs) {
  static final long ANY = -1;

  /** Writes what is not there yet. */
  static Change create(DocumentId id, JsonObject value) {
    return new Change(id, 0, Optional.of(value), 0);
  }

  /** Writes it, whatever is there. */
  static Change put(DocumentId id, JsonObject value, long expiresAtMs) {
    return new Change(id, ANY, Optional.of(value), expiresAtMs);
  }

  /** Removes it, if it is there. */
  static Change remove(DocumentId id) {
    return new Change(id, ANY, Optional.empty(), 0);
  }

  /** Changes nothing, but has what is changed with it depend on that it is not there. */
  static Change absent(DocumentId id) {
    return new Change(id, 0, Optional.empty(), 0);
  }

  Change until(long endMs) {
    return new Change(id, ifRevision, value, endMs);
  }
}
