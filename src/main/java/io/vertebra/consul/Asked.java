package io.vertebra.consul;

import io.vertebra.api.BusDoor;
import io.vertebra.api.Fields;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a request asks.
 *
 * @param rest of the path after the fixed part, decoded once
 * @param query parameters, of which unknown ones are ignored
 * @param fence the header {@code If-Fence}; empty if there is none
 * @param gone completes when the client went away
 */
record Asked(String rest, MultiMap query, Buffer body, Optional<String> fence, Future<Void> gone) {
  static final Duration DEFAULT_WAIT = Duration.ofMinutes(5);
  static final Duration MAX_WAIT = Duration.ofMinutes(10);

  /** The rest as a name, which must not be empty. */
  String name(String what) {
    if (rest.isEmpty()) {
      throw ConsulException.badRequest("Missing " + what);
    }
    return rest;
  }

  boolean has(String parameter) {
    return query.contains(parameter);
  }

  /** A parameter; empty if it is not given. */
  String text(String parameter) {
    String value = query.get(parameter);
    return value == null ? "" : value;
  }

  List<String> texts(String parameter) {
    return query.getAll(parameter);
  }

  /** Whether a parameter is given, alone or as a word for true. */
  boolean flag(String parameter) {
    String value = query.get(parameter);
    return value != null && !List.of("0", "f", "false").contains(value.toLowerCase(Locale.ROOT));
  }

  /** A number of 64 bits without a sign. */
  long number(String parameter) {
    try {
      return has(parameter) ? Long.parseUnsignedLong(text(parameter)) : 0;
    } catch (NumberFormatException e) {
      throw ConsulException.badRequest(
          "Invalid " + parameter + ": \"" + text(parameter) + "\" is not a number");
    }
  }

  /** After which the answer is wanted; 0 for at once. */
  long index() {
    return Math.max(0, number("index"));
  }

  /** How long to wait for a later index, at most. */
  Duration waitTime() {
    if (text("wait").isEmpty()) {
      return DEFAULT_WAIT;
    }
    Duration wait =
        GoDuration.parse(text("wait"))
            .orElseThrow(() -> ConsulException.badRequest("Invalid wait time"));
    if (wait.isZero()) {
      return DEFAULT_WAIT;
    }
    return wait.compareTo(MAX_WAIT) < 0 ? wait : MAX_WAIT;
  }

  /** The body as an object; an empty one if there is no body. */
  LenientJson json() {
    if (body.length() == 0) {
      return new LenientJson(new JsonObject());
    }
    return value() instanceof JsonObject object
        ? new LenientJson(object)
        : new LenientJson(new JsonObject());
  }

  /** The body, whatever JSON it is. */
  Object value() {
    try {
      Object value = Json.decodeValue(body);
      return value == null ? new JsonObject() : value;
    } catch (DecodeException e) {
      throw ConsulException.badRequest("Request decode failed: the body is not valid JSON");
    }
  }

  /** What a write is done under. */
  Guard guard() {
    JsonObject json = new JsonObject();
    fence.ifPresent(text -> json.put(BusDoor.FENCE, text));
    Fields fields = Fields.of(json);
    Supplier<Guard> guard = Guard.of(fields);
    return fields.build(guard);
  }
}
