package io.vertebra.options;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/** Writes the file that shows every option with its default, its range and its meaning. */
final class ConfFile {
  private static final Map<String, String> UNITS =
      Map.of("Ms", "milliseconds", "Bytes", "bytes", "Percent", "percent");

  private ConfFile() {}

  static String render(OptionsSchema schema) {
    StringBuilder text =
        new StringBuilder(
            """
            # Every option of Vertebra with its default. A line may be left out, and an option can
            # also be given by the environment (VERTEBRA_API_PORT=8501) or, above all, by
            # --set api.port=8501. What is not known here stops the start. Maps and lists of
            # objects are given there as YAML: --set 'log.levels={io.vertebra: debug}'
            """);
    List<String> open = List.of();
    for (Option option : schema.options()) {
      List<String> sections = option.keys().subList(0, option.keys().size() - 1);
      for (int depth = common(open, sections); depth < sections.size(); depth++) {
        text.append(depth == 0 ? "\n" : "").append("  ".repeat(depth));
        text.append(sections.get(depth)).append(":\n");
      }
      open = sections;
      append(text, option, "  ".repeat(sections.size()));
    }
    return text.toString();
  }

  private static void append(StringBuilder text, Option option, String indent) {
    text.append(indent.isEmpty() ? "\n" : "");
    String comment = comment(option).strip();
    if (!comment.isEmpty()) {
      text.append(indent).append("# ").append(comment).append('\n');
    }
    Object value = option.schema().getValue("default");
    String key = option.keys().get(option.keys().size() - 1);
    text.append(indent).append(key).append(':');
    text.append(value == null ? "" : " " + yaml(value)).append('\n');
  }

  private static String comment(Option option) {
    JsonObject schema = option.schema();
    String about = schema.getString("description", "").strip();
    String name = option.keys().get(option.keys().size() - 1);
    return about + " " + range(schema, name);
  }

  private static String range(JsonObject schema, String name) {
    return switch (schema.getString("type")) {
      case "integer", "number" ->
          schema.getValue("minimum") + " to " + schema.getValue("maximum") + unit(name) + ".";
      case "boolean" -> "true or false.";
      case "string" ->
          schema.containsKey("enum")
              ? String.join(" | ", words(schema.getJsonArray("enum"))) + "."
              : "Text, "
                  + schema.getValue("minLength")
                  + " to "
                  + schema.getValue("maxLength")
                  + " characters.";
      case "array" -> "List, at most " + schema.getValue("maxItems") + ".";
      default -> "Map, at most " + schema.getValue("maxProperties") + ".";
    };
  }

  private static List<String> words(JsonArray words) {
    return words.stream().map(String::valueOf).toList();
  }

  private static String unit(String name) {
    return UNITS.entrySet().stream()
        .filter(unit -> name.endsWith(unit.getKey()))
        .map(unit -> " " + unit.getValue())
        .findFirst()
        .orElse("");
  }

  /** JSON is YAML; words need no quotation marks. */
  private static String yaml(Object value) {
    boolean word = value instanceof String text && text.matches("[a-z][a-z-]*[a-z]");
    return word ? (String) value : Json.encode(value).replace(",", ", ");
  }

  private static int common(List<String> one, List<String> other) {
    int depth = 0;
    while (depth < one.size() && depth < other.size() && one.get(depth).equals(other.get(depth))) {
      depth++;
    }
    return depth;
  }
}
