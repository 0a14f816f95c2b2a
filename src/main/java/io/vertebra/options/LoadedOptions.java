package io.vertebra.options;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Options that can be used, and where each came from.
 *
 * @param <T> the record of options
 */
public final class LoadedOptions<T> {
  private static final String MASK = "***";

  private final T options;
  private final OptionsSchema schema;
  private final OptionsMerge merge;

  LoadedOptions(T options, OptionsSchema schema, OptionsMerge merge) {
    this.options = options;
    this.schema = schema;
    this.merge = merge;
  }

  public T options() {
    return options;
  }

  /** The options given by any source, without defaults; holds secrets. */
  public JsonObject json() {
    return merge.json().copy();
  }

  /** Where the option at this path, such as {@code api.port}, came from. */
  public String source(String path) {
    Option option = Objects.requireNonNull(schema.atPath(path), path);
    return isGiven(option) ? merge.sourceOf(option.pointer()) : "default";
  }

  /** Every option as {@code path = value # source}, secrets masked. */
  public List<String> lines() {
    return schema.options().stream()
        .map(option -> option.path() + " = " + shown(option) + "   # " + source(option.path()))
        .toList();
  }

  private String shown(Option option) {
    Object value = given(option);
    if (value == null) {
      value = option.schema().getValue("default");
    }
    if (value == null) {
      return "(not set)";
    }
    Object masked = masked(value, option.schema());
    return masked instanceof String text ? text : Json.encode(masked);
  }

  private @Nullable Object given(Option option) {
    return section(option).getValue(name(option));
  }

  /** Whether a source names it, be it without a value. */
  private boolean isGiven(Option option) {
    return section(option).containsKey(name(option));
  }

  /** What was given of the section that the option is in. */
  private JsonObject section(Option option) {
    JsonObject section = merge.json();
    for (String key : option.keys().subList(0, option.keys().size() - 1)) {
      section = section.getValue(key) instanceof JsonObject next ? next : new JsonObject();
    }
    return section;
  }

  private static String name(Option option) {
    return option.keys().get(option.keys().size() - 1);
  }

  /** The same value without its secrets. */
  private static Object masked(Object value, JsonObject schema) {
    if (schema.getBoolean("writeOnly", false)) {
      return MASK;
    }
    if (value instanceof JsonArray list) {
      JsonObject items = schema.getJsonObject("items", new JsonObject());
      return new JsonArray(list.stream().map(item -> masked(item, items)).toList());
    }
    if (!(value instanceof JsonObject object)) {
      return value;
    }
    JsonObject properties = schema.getJsonObject("properties", new JsonObject());
    JsonObject others = new JsonObject();
    if (schema.getValue("additionalProperties") instanceof JsonObject entry) {
      others = entry;
    }
    JsonObject copy = new JsonObject();
    for (String name : object.fieldNames()) {
      Object member = object.getValue(name);
      JsonObject rule = properties.getJsonObject(name, others);
      copy.put(name, member == null ? null : masked(member, rule));
    }
    return copy;
  }
}
