package io.vertebra.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertebra.api.Fields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OptionsLoaderTest {
  @TempDir Path folder;

  private final OptionsLoader<Sample> loader = new OptionsLoader<>(Sample::from);

  @Test
  void takesDefaultsWhereNothingIsGiven() {
    Sample sample = load("", Map.of()).options();
    assertThat(sample).isEqualTo(new Sample(8500, 10, List.of("a"), Map.of(), List.of(), ""));
  }

  @Test
  void letsTheFileWinOverDefaultsTheEnvironmentOverTheFileAndSettingsOverAll() {
    Map<String, String> environment =
        Map.of("VERTEBRA_API_PORT", "2", "VERTEBRA_API_MAX_CONNECTIONS", "2");
    LoadedOptions<Sample> loaded =
        load(
            "api:\n  port: 1\n  maxConnections: 1\n  names: [x]\n",
            environment,
            "api.port=3",
            "api.port=4");
    assertThat(loaded.options().port()).isEqualTo(4);
    assertThat(loaded.source("api.port")).isEqualTo("--set");
    assertThat(loaded.options().maxConnections()).isEqualTo(2);
    assertThat(loaded.source("api.maxConnections"))
        .isEqualTo("environment VERTEBRA_API_MAX_CONNECTIONS");
    assertThat(loaded.options().names()).containsExactly("x");
    assertThat(loaded.source("api.names")).endsWith("options.yaml:4");
    assertThat(loaded.source("routes")).isEqualTo("default");
    assertThat(loaded.source("api.token")).isEqualTo("default");
  }

  @Test
  void readsListsMapsAndObjectsFromText() {
    LoadedOptions<Sample> loaded =
        load(
            "",
            Map.of("VERTEBRA_LEVELS", "{io.vertx: debug}"),
            "api.names=x, y",
            "routes=[{path: /a}, {path: /b}]");
    assertThat(loaded.options().names()).containsExactly("x", "y");
    assertThat(loaded.options().levels()).containsEntry("io.vertx", "debug");
    assertThat(loaded.options().routes()).containsExactly("/a", "/b");
  }

  @Test
  void takesWordsLikeOffForTextAndNoNumberForAnother() {
    assertThat(load("levels: {a: off, b: '1'}\n", Map.of()).options().levels())
        .containsEntry("a", "off");
    assertThat(problems("api: {port: 010}\n", Map.of())).isNotEmpty();
    assertThat(problems("api: {port: 12:30}\n", Map.of())).isNotEmpty();
    assertThat(load("api:\n  port:\n", Map.of()).options().port()).isEqualTo(8500);
  }

  @Test
  void tellsAllProblemsOfAllSourcesAtOnce() {
    String file = "api:\n  port: 99999\n  prot: 1\nroutes:\n  - path: ''\n";
    Map<String, String> environment =
        Map.of("VERTEBRA_API_PROT", "1", "VERTEBRA_API_MAX_CONNECTIONS", "many", "HOME", "/");
    assertThat(problems(file, environment, "api.prot=1", "api.port", "levels={a: b"))
        .satisfiesExactlyInAnyOrder(
            problem -> assertThat(problem).contains("VERTEBRA_API_PROT", "names no option"),
            problem -> assertThat(problem).contains("--set api.prot", "near it are api.port"),
            problem -> assertThat(problem).contains("--set api.port", "path=value"),
            problem -> assertThat(problem).contains("levels must be YAML", "line 1, column"),
            problem -> assertThat(problem).contains("api.port must be 0 to 65535", "yaml:2"),
            problem -> assertThat(problem).contains("api.prot is not known", "yaml:3"),
            problem ->
                assertThat(problem).contains("api.maxConnections must be", "_MAX_CONNECTIONS"),
            problem -> assertThat(problem).contains("routes.0.path must have 1", "yaml:5"));
  }

  @Test
  void saysWhereAFileIsNotYaml() {
    assertThat(problems("api:\n  port: [1\n", Map.of()))
        .singleElement()
        .asString()
        .contains("options.yaml line 3, column 1");
    assertThat(problems("api:\n  port: 1\n  port: 2\n", Map.of()))
        .singleElement()
        .asString()
        .contains("line 3, column 3: 'port' is here twice");
    assertThat(problems("a: &a [1]\nb: *a\n", Map.of()))
        .singleElement()
        .asString()
        .contains("alias");
    assertThat(problems("a: &a {b: *a}\n", Map.of())).isNotEmpty();
    assertThat(problems("- 1\n", Map.of()))
        .singleElement()
        .asString()
        .contains("must hold sections");
  }

  @Test
  void refusesWhatIsTooDeepOrTooLong() {
    assertThat(problems("a: " + "[".repeat(100), Map.of()))
        .singleElement()
        .asString()
        .contains("epth");
    assertThat(problems("# " + "x".repeat(2_000_000), Map.of()))
        .singleElement()
        .asString()
        .contains("longer than");
  }

  @Test
  void refusesASectionThatIsNoneAndAFileThatIsNotThere() {
    assertThat(problems("api: 5\n", Map.of("VERTEBRA_API_PORT", "1")))
        .singleElement()
        .asString()
        .contains("api must be an object");
    OptionsSources missing =
        new OptionsSources(Optional.of(folder.resolve("none.yaml")), Map.of(), List.of());
    OptionsException failure =
        catchThrowableOfType(OptionsException.class, () -> loader.load(missing));
    assertThat(failure.problems()).singleElement().asString().contains("none.yaml cannot be read");
  }

  @Test
  void neverPrintsASecret() {
    LoadedOptions<Sample> loaded = load("api:\n  token: hunter2\n", Map.of());
    assertThat(loaded.options().token()).isEqualTo("hunter2");
    assertThat(String.join("\n", loaded.lines()))
        .contains("api.token = ***")
        .doesNotContain("hunter");
    assertThat(problems("api:\n  token: [hunter2]\n", Map.of()).toString())
        .contains("api.token")
        .doesNotContain("hunter");
  }

  @Test
  void printsEveryOptionWithItsSource() {
    assertThat(load("", Map.of(), "api.port=1").lines())
        .contains("api.port = 1   # --set", "api.maxConnections = 10   # default");
  }

  private LoadedOptions<Sample> load(
      String file, Map<String, String> environment, String... settings) {
    return loader.load(
        new OptionsSources(Optional.of(write(file)), environment, List.of(settings)));
  }

  private List<String> problems(String file, Map<String, String> environment, String... settings) {
    return catchThrowableOfType(OptionsException.class, () -> load(file, environment, settings))
        .problems();
  }

  private Path write(String text) {
    try {
      return Files.writeString(folder.resolve("options.yaml"), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private record Sample(
      int port,
      int maxConnections,
      List<String> names,
      Map<String, String> levels,
      List<String> routes,
      String token) {

    static Sample from(Fields fields) {
      Sample api = fields.section("api", Sample::api);
      Map<String, String> levels = fields.textMap("levels", 5, 10).orElse(Map.of());
      List<String> routes = fields.objects("routes", 5, Sample::route).orElse(List.of());
      return fields.build(
          () -> new Sample(api.port, api.maxConnections, api.names, levels, routes, api.token));
    }

    private static Sample api(Fields fields) {
      int port = fields.integer("port", 0, 65535).orElse(8500);
      int maxConnections = fields.integer("maxConnections", 1, 100).orElse(10);
      List<String> names = fields.texts("names", 5, 10).orElse(List.of("a"));
      String token = fields.text("token", 0, 50).secret().orElse("");
      return fields.build(
          () -> new Sample(port, maxConnections, names, Map.of(), List.of(), token));
    }

    private static String route(Fields fields) {
      String path = fields.text("path", 1, 10).required();
      return fields.build(() -> path);
    }
  }
}
