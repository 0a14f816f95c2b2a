package io.vertebra.kv;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** The JSON Schemas of answers. */
final class KvSchema {
  static final JsonObject ENTRY =
      object(
          "key",
          "keyBase64",
          "value",
          "text",
          "createRevision",
          "modRevision",
          "version",
          "leaseId",
          "revision");
  static final JsonObject LIST =
      object("items", "count", "more", "revision", "storeRevision", "cursor");
  static final JsonObject BATCH = object("revision", "events");
  static final JsonObject LEASE =
      object("leaseId", "ttlMs", "remainingMs", "keys", "storeRevision");
  static final JsonObject STATUS =
      object(
          "clusterId",
          "memberId",
          "leaderId",
          "leads",
          "term",
          "storeRevision",
          "compactedRevision",
          "commitIndex",
          "appliedIndex",
          "keys",
          "bytes");

  private KvSchema() {}

  /** An object of these members, each of the type that it has wherever it stands. */
  static JsonObject object(String... names) {
    JsonObject properties = new JsonObject();
    for (String name : names) {
      properties.put(name, member(name));
    }
    return new JsonObject().put("type", "object").put("properties", properties);
  }

  private static JsonObject member(String name) {
    return switch (name) {
      case "key", "text", "leaseId", "clusterId", "memberId", "leaderId", "cursor" ->
          type("string");
      case "value", "keyBase64" -> type("string").put("contentEncoding", "base64");
      case "more", "replayed", "succeeded", "leads" -> type("boolean");
      case "items", "events", "results" -> type("array").put("items", type("object"));
      case "previous" -> type("object");
      case "keys" -> new JsonObject().put("type", new JsonArray().add("array").add("integer"));
      default -> type("integer");
    };
  }

  private static JsonObject type(String name) {
    return new JsonObject().put("type", name);
  }
}
