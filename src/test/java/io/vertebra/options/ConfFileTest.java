package io.vertebra.options;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.VertebraOptions;
import io.vertebra.api.Fields;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The file of defaults, and every option in it. */
final class ConfFileTest {
  private static final Path FILE = Path.of("conf", "vertebra.yaml");
  private static final OptionsSchema SCHEMA =
      new OptionsSchema(Fields.describe(VertebraOptions::from));
  private static final OptionsLoader<VertebraOptions> LOADER =
      new OptionsLoader<>(VertebraOptions::from);

  /**
   * To write it anew after an option changed: {@code mvn test -Dtest=ConfFileTest -Dconf.write}.
   */
  @Test
  void showsEveryOptionWithItsDefaultAndRange() throws IOException {
    String text = ConfFile.render(SCHEMA);
    if (System.getProperty("conf.write") != null) {
      Files.writeString(FILE, text);
    }
    assertThat(Files.readString(FILE)).isEqualTo(text);
  }

  @Test
  void meansTheSameAsNoFile() {
    VertebraOptions none = LOADER.load(sources(Optional.empty(), Map.of(), List.of())).options();
    VertebraOptions file = LOADER.load(sources(Optional.of(FILE), Map.of(), List.of())).options();
    assertThat(file).isEqualTo(none);
  }

  @ParameterizedTest
  @MethodSource("options")
  void canBeSetInFileEnvironmentAndOnTheCommandLine(Option option) {
    String text = text(value(option));
    LoadedOptions<VertebraOptions> environment =
        LOADER.load(sources(Optional.of(FILE), Map.of(option.environmentName(), text), List.of()));
    assertThat(environment.source(option.path())).contains(option.environmentName());
    LoadedOptions<VertebraOptions> set =
        LOADER.load(sources(Optional.of(FILE), Map.of(), List.of(option.path() + "=" + text)));
    assertThat(set.source(option.path())).isEqualTo("--set");
    assertThat(set.options()).isEqualTo(environment.options());
    assertThat(LOADER.load(sources(Optional.of(FILE), Map.of(), List.of())).source(option.path()))
        .startsWith(FILE.toString());
  }

  static Stream<Option> options() {
    return SCHEMA.options().stream();
  }

  private static OptionsSources sources(
      Optional<Path> file, Map<String, String> environment, List<String> settings) {
    return new OptionsSources(file, environment, settings);
  }

  /** A value that the option takes: its default, or else the least there is. */
  private static Object value(Option option) {
    JsonObject schema = option.schema();
    Object given = schema.getValue("default");
    if (given != null) {
      return given;
    }
    return switch (schema.getString("type")) {
      case "integer", "number" -> schema.getValue("minimum");
      case "boolean" -> false;
      case "array" -> new JsonArray();
      case "object" -> new JsonObject();
      default ->
          schema.containsKey("enum")
              ? schema.getJsonArray("enum").getValue(0)
              : "x".repeat(Math.max(1, schema.getInteger("minLength")));
    };
  }

  private static String text(Object value) {
    if (value instanceof JsonArray list && list.stream().allMatch(String.class::isInstance)) {
      return String.join(",", list.stream().map(String::valueOf).toList());
    }
    return value instanceof String text ? text : Json.encode(value);
  }
}
