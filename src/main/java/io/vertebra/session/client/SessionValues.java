package io.vertebra.session.client;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.shareddata.ClusterSerializable;
import java.util.Base64;
import java.util.Map;

/**
 * What applications put into sessions, as JSON. Texts, booleans, numbers of the types {@code
 * Integer} and {@code Double}, objects and lists of JSON are what they are; of the other types that
 * sessions of Vert.x can hold an object tells the type.
 */
final class SessionValues {
  private static final String TYPE = "$type";
  private static final String VALUE = "value";

  private SessionValues() {}

  /**
   * All of them.
   *
   * @throws IllegalArgumentException for what sessions cannot hold
   */
  static JsonObject encode(Map<String, Object> data) {
    JsonObject json = new JsonObject();
    data.forEach((name, value) -> json.put(name, encode(value)));
    return json;
  }

  /** What makes {@code after} of {@code before}: values by name; null for what is not there. */
  static JsonObject changes(JsonObject before, JsonObject after) {
    JsonObject changes = new JsonObject();
    for (Map.Entry<String, Object> attribute : after) {
      String name = attribute.getKey();
      if (!only(after, name).equals(only(before, name))) {
        changes.put(name, attribute.getValue());
      }
    }
    before.fieldNames().stream().filter(name -> !after.containsKey(name)).forEach(changes::putNull);
    return changes;
  }

  private static JsonObject only(JsonObject all, String name) {
    return new JsonObject().put(name, all.getValue(name));
  }

  private static Object encode(Object value) {
    if (value instanceof String
        || value instanceof Boolean
        || value instanceof Integer
        || (value instanceof Double number && Double.isFinite(number))) {
      return value;
    }
    if (value instanceof JsonObject object) {
      JsonObject copy = object.copy();
      return object.containsKey(TYPE) ? typed("object", copy) : copy;
    }
    if (value instanceof JsonArray list) {
      return list.copy();
    }
    if (value instanceof Long
        || value instanceof Short
        || value instanceof Byte
        || value instanceof Float
        || value instanceof Double
        || value instanceof Character) {
      return typed(value.getClass().getSimpleName(), value.toString());
    }
    if (value instanceof byte[] bytes) {
      return typed("bytes", base64(bytes));
    }
    if (value instanceof Buffer buffer) {
      return typed("buffer", base64(buffer.getBytes()));
    }
    if (value instanceof ClusterSerializable serializable) {
      Buffer buffer = Buffer.buffer();
      serializable.writeToBuffer(buffer);
      return typed("class:" + value.getClass().getName(), base64(buffer.getBytes()));
    }
    throw new IllegalArgumentException("a session cannot hold " + value.getClass().getName());
  }

  /** What an application gets to see, which is its own to change. */
  static Object decode(Object json) {
    if (json instanceof JsonArray list) {
      return list.copy();
    }
    if (!(json instanceof JsonObject object)) {
      return json;
    }
    String type = object.getValue(TYPE) instanceof String text ? text : "";
    if (type.isEmpty()) {
      return object.copy();
    }
    if (type.equals("object")) {
      return object.getJsonObject(VALUE).copy();
    }
    String value = object.getString(VALUE);
    return switch (type) {
      case "Long" -> Long.valueOf(value);
      case "Short" -> Short.valueOf(value);
      case "Byte" -> Byte.valueOf(value);
      case "Float" -> Float.valueOf(value);
      case "Double" -> Double.valueOf(value);
      case "Character" -> value.charAt(0);
      case "bytes" -> Base64.getDecoder().decode(value);
      case "buffer" -> Buffer.buffer(Base64.getDecoder().decode(value));
      default -> object(type.substring("class:".length()), Base64.getDecoder().decode(value));
    };
  }

  /** Makes only objects that are meant to be made of bytes. */
  private static ClusterSerializable object(String className, byte[] bytes) {
    try {
      ClassLoader own = SessionValues.class.getClassLoader();
      ClassLoader context = Thread.currentThread().getContextClassLoader();
      ClusterSerializable made =
          Class.forName(className, false, context == null ? own : context)
              .asSubclass(ClusterSerializable.class)
              .getDeclaredConstructor()
              .newInstance();
      int unused = made.readFromBuffer(0, Buffer.buffer(bytes));
      return made;
    } catch (ReflectiveOperationException | ClassCastException e) {
      throw new IllegalStateException("a session holds an object of " + className, e);
    }
  }

  private static JsonObject typed(String type, Object value) {
    return new JsonObject().put(TYPE, type).put(VALUE, value);
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
