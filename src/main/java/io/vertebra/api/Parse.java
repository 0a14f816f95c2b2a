package io.vertebra.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes values out of what JSON holds; each throws a {@link Rule} for what does not fit. */
final class Parse {
  private Parse() {}

  /**
   * @param textual whether the value came as text
   */
  static long wholeNumber(Object raw, boolean textual, long min, long max) {
    long number;
    if (raw instanceof Integer || raw instanceof Long) {
      number = ((Number) raw).longValue();
    } else if (raw instanceof String text && textual) {
      number = digits(text);
    } else {
      throw new Rule("must be a whole number");
    }
    if (number < min || number > max) {
      throw new Rule("must be " + min + " to " + max);
    }
    return number;
  }

  private static long digits(String text) {
    int start = text.startsWith("-") ? 1 : 0;
    int count = text.length() - start;
    boolean isNumber = count >= 1 && count <= 19;
    for (int i = start; isNumber && i < text.length(); i++) {
      isNumber = text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    try {
      if (isNumber) {
        return Long.parseLong(text);
      }
    } catch (NumberFormatException tooLarge) {
      // told as any other text that is no number
    }
    throw new Rule("must be a whole number");
  }

  static double decimal(Object raw, boolean textual) {
    if (raw instanceof Number number) {
      return number.doubleValue();
    }
    if (raw instanceof String text && textual && text.matches("-?\\d{1,18}(\\.\\d+)?")) {
      return Double.parseDouble(text);
    }
    throw new Rule("must be a number");
  }

  static byte[] bytes(Object raw) {
    if (raw instanceof Buffer buffer) {
      return buffer.getBytes();
    }
    if (raw instanceof String text) {
      boolean url = text.indexOf('-') >= 0 || text.indexOf('_') >= 0;
      try {
        return (url ? Base64.getUrlDecoder() : Base64.getDecoder()).decode(text);
      } catch (IllegalArgumentException notBase64) {
        throw new Rule("must be base64");
      }
    }
    throw new Rule("must be base64");
  }

  static byte[] utf8(Object raw) {
    if (raw instanceof Buffer buffer) {
      return buffer.getBytes();
    }
    if (!(raw instanceof String text)) {
      throw new Rule("must be a string");
    }
    if (text.chars().noneMatch(letter -> Character.isSurrogate((char) letter))) {
      return text.getBytes(UTF_8);
    }
    try {
      ByteBuffer encoded = UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException halfOfAPair) {
      throw new Rule("must be a string of whole characters");
    }
  }

  static byte[] sized(byte[] bytes, int min, int max) {
    if (bytes.length < min || bytes.length > max) {
      throw new Rule("must have " + min + " to " + max + " bytes");
    }
    return bytes;
  }

  /** Characters that so many bytes take in base64 with padding. */
  static int base64Length(int bytes) {
    return Math.toIntExact((bytes + 2L) / 3 * 4);
  }

  static JsonArray array(Object raw, int maxItems) {
    if (!(raw instanceof JsonArray) && !(raw instanceof List)) {
      throw new Rule("must be a list");
    }
    JsonArray array = raw instanceof List<?> list ? new JsonArray(list) : (JsonArray) raw;
    if (array.size() > maxItems) {
      throw new Rule("must have at most " + maxItems + " items");
    }
    return array;
  }

  static boolean isObject(Object raw) {
    return raw instanceof JsonObject || raw instanceof Map;
  }

  static JsonObject object(Object raw) {
    if (raw instanceof JsonObject object) {
      return object;
    }
    if (raw instanceof Map<?, ?> map) {
      JsonObject object = new JsonObject();
      map.forEach((key, value) -> object.put(String.valueOf(key), value));
      return object;
    }
    throw new Rule("must be an object");
  }

  static Set<Map.Entry<String, Object>> entries(Object raw, int maxItems) {
    JsonObject object = object(raw);
    if (object.size() > maxItems) {
      throw new Rule("must have at most " + maxItems + " entries");
    }
    return object.getMap().entrySet();
  }

  static JsonArray split(String text) {
    JsonArray array = new JsonArray();
    for (String part : text.split(",", -1)) {
      if (!part.isBlank()) {
        array.add(part.strip());
      }
    }
    return array;
  }
}
