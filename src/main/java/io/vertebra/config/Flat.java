package io.vertebra.config;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * A document as properties by their full names.
 *
 * <p>Source: how Spring Boot flattens YAML: members are joined by dots, items of lists have their
 * index in brackets, an empty list or object is an empty text.
 */
final class Flat {
  private Flat() {}

  /** The properties in a document, in its order; none if it cannot be read as what it is. */
  static Map<String, Object> of(String mediaType, String text) {
    Map<String, Object> flat = new LinkedHashMap<>();
    try {
      if (mediaType.startsWith("application/json")) {
        flatten(flat, "", Json.decodeValue(text));
      } else if (mediaType.startsWith("application/yaml")) {
        Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
        for (Object document : yaml.loadAll(text)) {
          flatten(flat, "", ValueRule.json(document));
        }
      } else {
        properties(flat, text);
      }
      return flat;
    } catch (DecodeException | YAMLException | IllegalArgumentException e) {
      return Map.of();
    }
  }

  private static void properties(Map<String, Object> flat, String text) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    properties.stringPropertyNames().stream()
        .sorted()
        .forEach(name -> flat.put(name, properties.getProperty(name)));
  }

  private static void flatten(Map<String, Object> flat, String name, @Nullable Object value) {
    if (value instanceof JsonObject object && !object.isEmpty()) {
      object.forEach(
          member ->
              flatten(
                  flat,
                  name.isEmpty() ? member.getKey() : name + "." + member.getKey(),
                  member.getValue()));
    } else if (value instanceof JsonArray array && !array.isEmpty()) {
      for (int i = 0; i < array.size(); i++) {
        flatten(flat, name + "[" + i + "]", array.getValue(i));
      }
    } else if (!name.isEmpty()) {
      flat.put(name, plain(value));
    }
  }

  private static Object plain(@Nullable Object value) {
    boolean empty = value == null || value instanceof JsonObject || value instanceof JsonArray;
    return value == null || empty ? "" : value;
  }
}
