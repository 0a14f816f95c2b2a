package io.vertebra.http;

import io.vertebra.api.BusDoor;
import io.vertebra.api.Call;
import io.vertebra.api.Operation;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Describes the headers that can stand for fields of an operation. */
final class OpenApiHeaders {
  private OpenApiHeaders() {}

  /**
   * @param properties the fields that its requests can have; a key that has one done once can come
   *     with any write
   */
  static List<JsonObject> of(Operation<?> operation, JsonObject properties) {
    List<JsonObject> headers = new ArrayList<>();
    add(headers, properties, HeaderFields.SESSION_ID, "Session-Id", "The session's secret id.");
    if (operation.isRead()) {
      add(headers, properties, HeaderFields.IF_NOT_REVISION, "If-None-Match", "The ETag known.");
      add(headers, properties, Call.WAIT, "Prefer", "wait= and the seconds to wait for news.");
    } else {
      add(headers, properties, HeaderFields.IF_REVISION, "If-Match", "The ETag expected.");
      add(headers, properties, HeaderFields.IF_REVISION, "If-None-Match", "* for nothing yet.");
      add(headers, properties, BusDoor.FENCE, "If-Fence", "A lock, @ and the token held.");
      add(
          headers,
          "Idempotency-Key",
          "Text by which the request is done once, however often it is sent.");
    }
    if (operation.feed().isPresent()) {
      add(
          headers,
          properties,
          HeaderFields.FROM_REVISION,
          "Last-Event-ID",
          "The id of the last event seen.");
    }
    return headers;
  }

  private static void add(
      List<JsonObject> headers, JsonObject properties, String field, String name, String about) {
    if (properties.containsKey(field)) {
      add(headers, name, about);
    }
  }

  private static void add(List<JsonObject> headers, String name, String about) {
    headers.add(
        new JsonObject()
            .put("name", name)
            .put("in", "header")
            .put("required", false)
            .put("description", about)
            .put("schema", new JsonObject().put("type", "string")));
  }
}
