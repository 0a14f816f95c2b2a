package io.vertebra.options;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All options there are, in the order in which they are read. */
final class OptionsSchema {
  private final Map<String, Option> byPath = new LinkedHashMap<>();
  private final Map<String, Option> byEnvironmentName = new LinkedHashMap<>();

  /**
   * @param schema the JSON Schema of an object whose sections are objects
   */
  OptionsSchema(JsonObject schema) {
    collect(List.of(), schema);
  }

  List<Option> options() {
    return List.copyOf(byPath.values());
  }

  @Nullable Option atPath(String path) {
    return byPath.get(path);
  }

  @Nullable Option inEnvironment(String name) {
    return byEnvironmentName.get(name);
  }

  /** The known paths that look most like {@code path}: its siblings, or else all sections. */
  List<String> near(String path) {
    String section = path.contains(".") ? path.substring(0, path.lastIndexOf('.') + 1) : "";
    List<String> siblings =
        byPath.keySet().stream()
            .filter(known -> !section.isEmpty() && known.startsWith(section))
            .toList();
    return siblings.isEmpty() ? sections() : siblings;
  }

  private List<String> sections() {
    return byPath.values().stream().map(option -> option.keys().get(0)).distinct().toList();
  }

  private void collect(List<String> keys, JsonObject schema) {
    JsonObject properties = schema.getJsonObject("properties");
    for (String name : properties.fieldNames()) {
      List<String> own = new ArrayList<>(keys);
      own.add(name);
      JsonObject property = properties.getJsonObject(name);
      if (property.containsKey("properties")) {
        collect(own, property);
      } else {
        add(new Option(List.copyOf(own), property));
      }
    }
  }

  private void add(Option option) {
    byPath.put(option.path(), option);
    Option twin = byEnvironmentName.put(option.environmentName(), option);
    if (twin != null) {
      throw new IllegalStateException(
          twin.path() + " and " + option.path() + " are the same in the environment");
    }
  }
}
