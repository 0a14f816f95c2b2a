package io.vertebra.api;

import io.vertx.core.MultiMap;
import io.vertx.core.json.JsonObject;
import java.util.function.Predicate;

/**
 * One request for an operation, whichever door it came through.
 *
 * @param request the JSON asked with; over HTTP the body overlaid with query and path parameters
 * @param textual tells by JSON Pointer which fields came as text
 * @param headers what came along: HTTP headers or message headers, names without regard to case
 * @param transport the door
 */
public record Call(
    String concern,
    Operation<?> operation,
    JsonObject request,
    Predicate<String> textual,
    MultiMap headers,
    Transport transport) {

  /** The doors. */
  public enum Transport {
    HTTP,
    BUS
  }
}
