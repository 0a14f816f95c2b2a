package io.vertebra.options;

import io.vertebra.api.Violation;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Lays one source of options over another, and remembers where each value came from. */
final class OptionsMerge {
  private final OptionsSchema schema;
  private final JsonObject json = new JsonObject();
  private final Map<String, String> sources = new HashMap<>();
  private final Set<String> textual = new HashSet<>();
  private final List<String> problems = new ArrayList<>();

  OptionsMerge(OptionsSchema schema) {
    this.schema = schema;
  }

  JsonObject json() {
    return json;
  }

  List<String> problems() {
    return problems;
  }

  /** Whether the value at this JSON Pointer came as text. */
  boolean isTextual(String pointer) {
    return textual.contains(pointer);
  }

  /** Where the value at this JSON Pointer, or what holds it, came from. */
  String sourceOf(String pointer) {
    for (String at = pointer; !at.isEmpty(); at = at.substring(0, at.lastIndexOf('/'))) {
      String source = sources.get(at);
      if (source != null) {
        return source;
      }
    }
    return "default";
  }

  void addFile(Path file) {
    YamlReader reader = new YamlReader();
    try {
      if (Files.size(file) > YamlReader.MAX_CHARACTERS) {
        problems.add(file + " is longer than " + YamlReader.MAX_CHARACTERS + " bytes");
        return;
      }
      Object value = reader.read(Files.readString(file));
      if (value instanceof JsonObject object) {
        json.mergeIn(object);
        reader.lines().forEach((at, line) -> sources.put(at, file + ":" + line));
      } else if (value != null) {
        problems.add(file + " must hold sections of options");
      }
    } catch (YamlReader.YamlProblem e) {
      problems.add(file + " " + e.getMessage());
    } catch (IOException e) {
      problems.add(file + " cannot be read: " + e.getClass().getSimpleName());
    }
  }

  void addVariable(String name, String value) {
    Option option = schema.inEnvironment(name);
    if (option == null) {
      problems.add("environment variable " + name + " names no option");
    } else {
      put(option, value, "environment " + name);
    }
  }

  void addSetting(String setting) {
    int equals = setting.indexOf('=');
    String path = equals < 0 ? setting : setting.substring(0, equals).strip();
    Option option = schema.atPath(path);
    if (equals < 0) {
      problems.add("--set " + path + " must have the form path=value");
    } else if (option == null) {
      problems.add("--set " + path + " is not known; near it are " + near(path));
    } else {
      put(option, setting.substring(equals + 1), "--set");
    }
  }

  /** A violation as a sentence that says which option, which rule and where it was given. */
  String sentence(Violation violation) {
    String pointer = violation.pointer();
    String path = pointer.replaceFirst("^/", "").replace('/', '.').replace("~1", "/");
    return path + " " + violation.detail() + " (" + sourceOf(pointer) + ")";
  }

  private String near(String path) {
    return String.join(", ", schema.near(path));
  }

  private void put(Option option, String text, String source) {
    JsonObject section = section(option.keys());
    if (section == null) {
      return;
    }
    String pointer = option.pointer();
    sources.keySet().removeIf(at -> at.startsWith(pointer + "/"));
    sources.put(pointer, source);
    section.put(option.keys().get(option.keys().size() - 1), value(option, text, source));
    if (!option.isStructured()) {
      textual.add(pointer);
    }
  }

  private @Nullable Object value(Option option, String text, String source) {
    if (!option.isStructured()) {
      return text;
    }
    try {
      return new YamlReader().read(text);
    } catch (YamlReader.YamlProblem e) {
      problems.add(option.path() + " must be YAML: " + e.getMessage() + " (" + source + ")");
      return null;
    }
  }

  /** The object an option belongs in; null if the file has something else there, told later. */
  private @Nullable JsonObject section(List<String> keys) {
    JsonObject section = json;
    for (String key : keys.subList(0, keys.size() - 1)) {
      if (section.getValue(key) == null) {
        section.put(key, new JsonObject());
      }
      if (!(section.getValue(key) instanceof JsonObject next)) {
        return null;
      }
      section = next;
    }
    return section;
  }
}
