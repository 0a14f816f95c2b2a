package io.vertebra.http;

import io.vertx.core.json.JsonObject;

/** Problem documents (RFC 9457) for statuses that are no operation's failure. */
final class Problems {
  static final String MEDIA_TYPE = "application/problem+json";

  private Problems() {}

  /**
   * @param instance the request's path
   */
  static JsonObject of(int status, String title, String code, String detail, String instance) {
    return new JsonObject()
        .put("type", "about:blank")
        .put("title", title)
        .put("status", status)
        .put("code", code)
        .put("detail", detail)
        .put("instance", instance);
  }
}
