package io.vertebra.consul;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An object whose members are found without regard to case and underscores of their names; {@code
 * null} is as if it were not there, and unknown members are ignored.
 */
final class LenientJson {
  private final Map<String, Object> members = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

  LenientJson(JsonObject json) {
    json.forEach(
        member -> {
          if (member.getValue() != null) {
            members.put(member.getKey().replace("_", ""), member.getValue());
          }
        });
  }

  boolean has(String name) {
    return members.containsKey(name);
  }

  /** A text; empty if there is none. */
  String text(String name) {
    Object value = members.get(name);
    if (value == null) {
      return "";
    }
    if (value instanceof JsonObject || value instanceof JsonArray) {
      throw unfit(name, "a string");
    }
    return value.toString();
  }

  /** Whether a member says anything: neither empty nor false. */
  boolean tells(String name) {
    Object value = members.get(name);
    return value != null
        && !(value instanceof JsonArray array && array.isEmpty())
        && !value.equals(false)
        && !value.equals("");
  }

  /** An integer, as one of 64 bits without a sign if it is that large; 0 if there is none. */
  long number(String name) {
    Object value = members.get(name);
    try {
      return value == null || value.toString().isEmpty()
          ? 0
          : value instanceof Number number && !(value instanceof java.math.BigInteger)
              ? number.longValue()
              : Long.parseUnsignedLong(value.toString());
    } catch (NumberFormatException e) {
      throw unfit(name, "a number");
    }
  }

  boolean flag(String name) {
    Object value = members.get(name);
    return value != null && Boolean.parseBoolean(value.toString());
  }

  /** A time as text or in nanoseconds; empty if there is none. */
  Optional<Duration> duration(String name) {
    Object value = members.get(name);
    if (value == null || value.toString().isEmpty()) {
      return Optional.empty();
    }
    if (value instanceof Number nanos) {
      return Optional.of(Duration.ofNanos(Math.max(0, nanos.longValue())));
    }
    return Optional.of(
        GoDuration.parse(value.toString()).orElseThrow(() -> unfit(name, "a duration")));
  }

  List<String> texts(String name) {
    return items(name).stream().map(String::valueOf).toList();
  }

  /** An object; an empty one if there is none. */
  LenientJson object(String name) {
    return new LenientJson(plain(name));
  }

  /** An object as it is, for those whose members have names of the caller's. */
  JsonObject plain(String name) {
    Object value = members.getOrDefault(name, new JsonObject());
    if (value instanceof JsonObject object) {
      return object;
    }
    throw unfit(name, "an object");
  }

  List<LenientJson> objects(String name) {
    List<LenientJson> objects = new ArrayList<>();
    for (Object item : items(name)) {
      if (!(item instanceof JsonObject object)) {
        throw unfit(name, "a list of objects");
      }
      objects.add(new LenientJson(object));
    }
    return objects;
  }

  private List<Object> items(String name) {
    Object value = members.get(name);
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof JsonArray array)) {
      throw unfit(name, "a list");
    }
    List<Object> items = new ArrayList<>();
    array.forEach(items::add);
    return items;
  }

  private static ConsulException unfit(String name, String type) {
    return ConsulException.badRequest("Request decode failed: " + name + " must be " + type);
  }
}
