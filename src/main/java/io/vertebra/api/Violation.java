package io.vertebra.api;

import io.vertx.core.json.JsonObject;

/**
 * One thing wrong with a request.
 *
 * @param pointer where, as a JSON Pointer (RFC 6901); empty for the request as a whole
 * @param detail the rule that was broken, as a phrase that follows the field's name
 */
public record Violation(String pointer, String detail) {

  JsonObject toJson() {
    return new JsonObject().put("pointer", pointer).put("detail", detail);
  }

  @Override
  public String toString() {
    return pointer.isEmpty() ? detail : pointer + " " + detail;
  }
}
