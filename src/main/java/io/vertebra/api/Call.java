package io.vertebra.api;

import io.vertx.core.MultiMap;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One request for an operation, whichever door it came through.
 *
 * @param request the JSON asked with; over HTTP the body overlaid with query and path parameters
 * @param textual tells by JSON Pointer which fields came as text
 * @param headers what came along: HTTP headers or message headers, names without regard to case
 * @param transport the door
 * @param stream takes the operation's feed and follows it from then on; empty if one answer is
 *     wanted
 */
public record Call(
    String concern,
    Operation<?> operation,
    JsonObject request,
    Predicate<String> textual,
    MultiMap headers,
    Transport transport,
    Optional<Consumer<Feed>> stream) {
  /** The field that says how long to wait for news. */
  public static final String WAIT = "waitMs";

  /** The doors. */
  public enum Transport {
    HTTP,
    BUS
  }

  /** A call that is to be answered once. */
  public Call(
      String concern,
      Operation<?> operation,
      JsonObject request,
      Predicate<String> textual,
      MultiMap headers,
      Transport transport) {
    this(concern, operation, request, textual, headers, transport, Optional.empty());
  }

  /** The same call, its feed taken by {@code taker}. */
  public Call streamingTo(Consumer<Feed> taker) {
    return new Call(concern, operation, request, textual, headers, transport, Optional.of(taker));
  }

  /** Whether it may be under way for long because it waits for news. */
  public boolean waits() {
    if (operation.feed().isPresent()) {
      return true;
    }
    Object wait = request.getMap().get(WAIT);
    return wait != null && !wait.toString().equals("0");
  }
}
