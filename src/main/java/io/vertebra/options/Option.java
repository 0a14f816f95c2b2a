package io.vertebra.options;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;

/**
 * One option as its reader describes it. A map or a list counts as one option.
 *
 * @param keys the sections on the way, then the option's own name
 * @param schema the JSON Schema of its value
 */
record Option(List<String> keys, JsonObject schema) {
  static final String ENVIRONMENT_PREFIX = "VERTEBRA_";

  /** How it is named on the command line: {@code api.maxConnections}. */
  String path() {
    return String.join(".", keys);
  }

  /** How it is named in the environment: {@code VERTEBRA_API_MAX_CONNECTIONS}. */
  String environmentName() {
    String joined = String.join("_", keys);
    return ENVIRONMENT_PREFIX
        + joined.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toUpperCase(Locale.ROOT);
  }

  /** A JSON Pointer to its value. */
  String pointer() {
    return "/" + String.join("/", keys);
  }

  boolean isSecret() {
    return schema.getBoolean("writeOnly", false);
  }

  /** Whether plain text cannot say the value: a map, or a list of objects. */
  boolean isStructured() {
    String type = schema.getString("type");
    boolean listOfObjects =
        "array".equals(type) && "object".equals(schema.getJsonObject("items").getString("type"));
    return listOfObjects || "object".equals(type);
  }
}
