package io.vertebra.kv;

import java.util.Optional;

/**
 * A change of one key.
 *
 * @param entry after it; after a removal the key, {@code modRevision}, and the lease by whose end
 *     it was removed, 0 if by a write
 * @param previous the entry before, if asked for, there was one and it is not compacted
 */
public record KvEvent(Type type, KvEntry entry, Optional<KvEntry> previous) {

  /** What happened to the key. */
  public enum Type {
    PUT,
    DELETE
  }
}
