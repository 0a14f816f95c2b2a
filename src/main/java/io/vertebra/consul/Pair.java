package io.vertebra.consul;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KvEntry;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.UUID;

/**
 * A key, its value and who locks it.
 *
 * @param flags any 64 bits, for the client
 * @param session that holds the lock; empty for none
 * @param lockIndex how often it was locked
 * @param createIndex revision of the write that created it
 * @param modifyIndex revision of the last write
 */
record Pair(
    String key,
    Bytes value,
    long flags,
    String session,
    long lockIndex,
    long createIndex,
    long modifyIndex) {

  /** What is stored before a value: a format, flags, lock index and session. */
  static final int HEAD_BYTES = 1 + 4 * Long.BYTES;

  /** As long as a value of the store is, without the head. */
  static final int MAX_VALUE_BYTES = 512 * 1024 - HEAD_BYTES;

  private static final byte FORMAT = 1;

  /** A pair that is yet to be written. */
  static Pair of(String key, Bytes value, long flags) {
    return new Pair(key, value, flags, "", 0, 0, 0);
  }

  static Pair of(KvEntry entry) {
    ByteBuffer stored = ByteBuffer.wrap(entry.value().unsafeArray());
    String key = Layout.keyOf(entry.key());
    long create = entry.createRevision();
    long modify = entry.modRevision();
    if (stored.remaining() < HEAD_BYTES) {
      return new Pair(key, Bytes.EMPTY, 0, "", 0, create, modify);
    }
    stored.position(1);
    long flags = stored.getLong();
    long lockIndex = stored.getLong();
    UUID session = new UUID(stored.getLong(), stored.getLong());
    boolean locked =
        session.getMostSignificantBits() != 0 || session.getLeastSignificantBits() != 0;
    byte[] value = new byte[stored.remaining()];
    stored.get(value);
    return new Pair(
        key, Bytes.wrap(value), flags, locked ? session.toString() : "", lockIndex, create, modify);
  }

  Bytes encode() {
    UUID holder = session.isEmpty() ? new UUID(0, 0) : UUID.fromString(session);
    return Bytes.wrap(
        ByteBuffer.allocate(HEAD_BYTES + value.length())
            .put(FORMAT)
            .putLong(flags)
            .putLong(lockIndex)
            .putLong(holder.getMostSignificantBits())
            .putLong(holder.getLeastSignificantBits())
            .put(value.unsafeArray())
            .array());
  }

  boolean isLocked() {
    return !session.isEmpty();
  }

  /** Locked by a session, which counts if it was not locked. */
  Pair lockedBy(String holder) {
    long count = session.equals(holder) ? lockIndex : lockIndex + 1;
    return new Pair(key, value, flags, holder, count, createIndex, modifyIndex);
  }

  Pair unlocked() {
    return new Pair(key, value, flags, "", lockIndex, createIndex, modifyIndex);
  }

  /** With another value and other flags, locked as it is. */
  Pair holding(Bytes newValue, long newFlags) {
    return new Pair(key, newValue, newFlags, session, lockIndex, createIndex, modifyIndex);
  }

  /** As it is after a transaction that writes it. */
  Pair writtenAt(long revision) {
    long created = createIndex == 0 ? revision : createIndex;
    return new Pair(key, value, flags, session, lockIndex, created, revision);
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("LockIndex", lockIndex)
            .put("Key", key)
            .put("Flags", unsigned(flags))
            .put(
                "Value",
                value.isEmpty() ? null : Base64.getEncoder().encodeToString(value.unsafeArray()));
    if (isLocked()) {
      json.put("Session", session);
    }
    return json.put("CreateIndex", createIndex).put("ModifyIndex", modifyIndex);
  }

  private static Number unsigned(long flags) {
    return flags >= 0 ? flags : new java.math.BigInteger(Long.toUnsignedString(flags));
  }
}
