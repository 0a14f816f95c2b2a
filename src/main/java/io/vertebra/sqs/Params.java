package io.vertebra.sqs;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The parameters of a request or a part of it; unknown ones are ignored, as SQS does. */
record Params(JsonObject json) {

  private static SqsException unfit(String name, String type) {
    return new SqsException(SqsError.SERIALIZATION, name + " must be " + type + ".");
  }

  private static String textual(String name, Object value) {
    if (value instanceof String || value instanceof Number || value instanceof Boolean) {
      return value.toString();
    }
    throw unfit(name, "a string");
  }

  private Optional<Object> value(String name) {
    return Optional.ofNullable(json.getValue(name));
  }

  Optional<String> text(String name) {
    return value(name).map(value -> textual(name, value));
  }

  /** A text that must be there and not empty. */
  String required(String name) {
    return text(name).filter(text -> !text.isEmpty()).orElseThrow(() -> SqsException.missing(name));
  }

  /** The queue that the request is about. */
  String queue() {
    return QueueNames.ofUrl(required("QueueUrl"));
  }

  Optional<Integer> integer(String name, int min, int max) {
    return text(name).map(text -> inRange(name, text, min, max));
  }

  private static int inRange(String name, String text, int min, int max) {
    try {
      int number = Integer.parseInt(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw unfit(name, "an integer");
    }
    throw SqsException.invalid(
        name, text, "Must be between " + min + " and " + max + ", if provided.");
  }

  /** Texts; none if they are not given. */
  List<String> texts(String name) {
    return array(name).stream().map(item -> textual(name, item)).toList();
  }

  /** Words and what they stand for; none if they are not given. */
  Map<String, String> words(String name) {
    Map<String, String> words = new LinkedHashMap<>();
    object(name).json().forEach(word -> words.put(word.getKey(), wordOf(name, word)));
    return words;
  }

  private static String wordOf(String name, Map.Entry<String, Object> word) {
    Object value = word.getValue();
    return value == null ? "" : textual(name + "." + word.getKey(), value);
  }

  /** An object; empty if it is not given. */
  Params object(String name) {
    Object value = value(name).orElseGet(JsonObject::new);
    if (value instanceof JsonObject object) {
      return new Params(object);
    }
    throw unfit(name, "an object");
  }

  /** Objects by their names; none if they are not given. */
  Map<String, Params> objectsByName(String name) {
    Map<String, Params> all = new LinkedHashMap<>();
    Params object = object(name);
    object.json().fieldNames().forEach(key -> all.put(key, object.object(key)));
    return all;
  }

  /** Objects; none if they are not given. */
  List<Params> objects(String name) {
    return array(name).stream()
        .map(
            item -> {
              if (item instanceof JsonObject object) {
                return new Params(object);
              }
              throw unfit(name, "a list of objects");
            })
        .toList();
  }

  private JsonArray array(String name) {
    Object value = value(name).orElseGet(JsonArray::new);
    if (value instanceof JsonArray array) {
      return array;
    }
    throw unfit(name, "a list");
  }
}
