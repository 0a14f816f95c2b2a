package io.vertebra.etcd;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvEvent;
import io.vertebra.kv.KvStatus;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * The parts that answers are made of. What is zero, false or empty is left out; integers of 64 bits
 * are text; bytes are base64.
 */
final class Answers {
  private Answers() {}

  /**
   * What every answer begins with.
   *
   * @param revision 0 for none
   */
  static JsonObject header(KvStatus status, long revision) {
    JsonObject header = new JsonObject();
    unsigned(header, "cluster_id", status.clusterId());
    unsigned(header, "member_id", status.memberId());
    number(header, "revision", revision);
    unsigned(header, "raft_term", status.term());
    return header;
  }

  /** An answer that so far is nothing but its header. */
  static JsonObject answer(KvStatus status, long revision) {
    return new JsonObject().put("header", header(status, revision));
  }

  static JsonObject entry(KvEntry entry) {
    JsonObject json = new JsonObject();
    bytes(json, "key", entry.key());
    number(json, "create_revision", entry.createRevision());
    number(json, "mod_revision", entry.modRevision());
    number(json, "version", entry.version());
    bytes(json, "value", entry.value());
    number(json, "lease", entry.lease());
    return json;
  }

  static JsonObject event(KvEvent event) {
    JsonObject json = new JsonObject();
    if (event.type() == KvEvent.Type.DELETE) {
      json.put("type", "DELETE");
    }
    json.put("kv", entry(event.entry()));
    event.previous().ifPresent(previous -> json.put("prev_kv", entry(previous)));
    return json;
  }

  static void entries(JsonObject json, String name, List<KvEntry> entries) {
    if (!entries.isEmpty()) {
      json.put(name, new JsonArray(entries.stream().map(Answers::entry).toList()));
    }
  }

  static void number(JsonObject json, String name, long number) {
    if (number != 0) {
      json.put(name, Long.toString(number));
    }
  }

  static void unsigned(JsonObject json, String name, long number) {
    if (number != 0) {
      json.put(name, Long.toUnsignedString(number));
    }
  }

  static void flag(JsonObject json, String name, boolean flag) {
    if (flag) {
      json.put(name, true);
    }
  }

  private static void bytes(JsonObject json, String name, Bytes bytes) {
    if (!bytes.isEmpty()) {
      json.put(name, Base64Text.encode(bytes));
    }
  }
}
