package io.vertebra.config;

import io.vertebra.api.Failure;
import io.vertebra.api.Violation;
import io.vertebra.kv.Bytes;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * A JSON Schema that the values of some keys must keep to. JSON and YAML are judged by what they
 * say, any other text as a string.
 *
 * @param keys one key, or several with {@code *} for any characters
 * @param schema draft 2020-12 unless it says another; at most 64 KiB
 */
public record ValueRule(String name, String keys, JsonObject schema) {
  static final int MAX_SCHEMA = 64 * 1024;

  public ValueRule {
    Names.requireWord("/name", name);
    Names.requireKey("/keys", keys);
    schema = schema.copy();
    Names.require(schema.encode().length() <= MAX_SCHEMA, "/schema", "must have at most 64 KiB");
    Validator validator = validatorOf(schema);
    for (Object sample : List.of(new JsonObject(), new JsonArray(), "", 0)) {
      OutputUnit unused = applied(validator, sample);
    }
  }

  private static Validator validatorOf(JsonObject schema) {
    try {
      return validator(schema);
    } catch (RuntimeException e) {
      throw unusable(e);
    }
  }

  /** A schema is found to be none when it is first applied. */
  private static OutputUnit applied(Validator validator, Object value) {
    try {
      return validator.validate(value);
    } catch (RuntimeException e) {
      throw unusable(e);
    }
  }

  private static Failure unusable(RuntimeException cause) {
    return Failure.invalid("/schema", "must be a JSON Schema: " + cause.getMessage());
  }

  JsonObject toJson() {
    return new JsonObject().put("name", name).put("keys", keys).put("schema", schema.copy());
  }

  static ValueRule from(JsonObject json) {
    return new ValueRule(
        json.getString("name"), json.getString("keys"), json.getJsonObject("schema"));
  }

  /**
   * Whether a key is meant. Of what is between two {@code *} the first place is as good as any
   * other, so none is looked for again, whatever comes after.
   */
  boolean isFor(String key) {
    String[] parts = keys.split("\\*", -1);
    if (parts.length == 1) {
      return keys.equals(key);
    }
    String last = parts[parts.length - 1];
    int from = parts[0].length();
    int end = key.length() - last.length();
    boolean matches = from <= end && key.startsWith(parts[0]) && key.endsWith(last);
    for (int i = 1; matches && i < parts.length - 1; i++) {
      int found = key.indexOf(parts[i], from);
      from = found + parts[i].length();
      matches = found >= 0 && from <= end;
    }
    return matches;
  }

  /**
   * What is wrong with a value.
   *
   * @param pointer to the value within the request
   */
  List<Violation> violations(String pointer, String mediaType, Bytes value) {
    Object told;
    try {
      told = told(mediaType, value);
    } catch (DecodeException | YAMLException e) {
      String line = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      return List.of(new Violation(pointer, "must be " + mediaType + ": " + line));
    }
    OutputUnit result = applied(validatorOf(schema), told);
    List<Violation> violations = new ArrayList<>();
    if (Boolean.FALSE.equals(result.getValid())) {
      List<OutputUnit> errors = result.getErrors() == null ? List.of() : result.getErrors();
      for (OutputUnit error : errors) {
        String at = String.valueOf(error.getInstanceLocation()).replaceFirst("^#", "");
        violations.add(
            new Violation(pointer + at, "breaks schema " + name + ": " + error.getError()));
      }
      if (violations.isEmpty()) {
        violations.add(new Violation(pointer, "breaks schema " + name));
      }
    }
    return violations;
  }

  private static Validator validator(JsonObject schema) {
    JsonSchemaOptions options =
        new JsonSchemaOptions()
            .setBaseUri("vertebra://config/")
            .setDraft(Draft.DRAFT202012)
            .setOutputFormat(OutputFormat.Basic);
    return Validator.create(JsonSchema.of(schema), options);
  }

  private static Object told(String mediaType, Bytes value) {
    String text = value.toString();
    if (mediaType.startsWith("application/json")) {
      return Json.decodeValue(text);
    }
    if (mediaType.startsWith("application/yaml")) {
      return json(new Yaml(new SafeConstructor(new LoaderOptions())).load(text));
    }
    return text;
  }

  /** What a document of YAML says, in the types of JSON. */
  static Object json(Object yaml) {
    if (yaml instanceof Map<?, ?> map) {
      JsonObject object = new JsonObject();
      map.forEach((key, value) -> object.put(String.valueOf(key), json(value)));
      return object;
    }
    if (yaml instanceof List<?> list) {
      JsonArray array = new JsonArray();
      list.forEach(item -> array.add(json(item)));
      return array;
    }
    boolean plain = yaml instanceof Number || yaml instanceof Boolean || yaml == null;
    return plain ? yaml : String.valueOf(yaml);
  }
}
