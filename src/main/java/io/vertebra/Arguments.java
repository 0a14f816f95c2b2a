package io.vertebra;

import io.vertebra.options.OptionsSources;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What stands on the command line. Read by hand: a library for it took a tenth of the time of a
 * start.
 *
 * @param command what to do
 * @param config the file named; empty for the usual one
 * @param settings of the form {@code path=value}
 * @param url what to ask about its health; empty for the node that the options describe
 */
record Arguments(String command, Optional<Path> config, List<String> settings, Optional<URI> url) {
  static final String USAGE =
      """
      Usage: vertebra COMMAND [OPTION]...

      Commands
        start          starts a node and prints what listens where
        check-config   prints every option, its value and where that comes from
        health         asks a node whether it is ready
        version        prints the version
        help           prints this

      Options of start, check-config and health
        --config FILE      options in YAML; conf/vertebra.yaml, if there, when none is named
        --set PATH=VALUE   sets one option, as in api.port=8501; may be repeated

      Option of health
        --url URL          what to ask; the node that the options describe when none is named
      """;

  private static final Path USUAL_FILE = Path.of("conf", "vertebra.yaml");

  /**
   * Reads {@code --option value} and {@code --option=value}.
   *
   * @throws IllegalArgumentException saying what is misspelt
   */
  static Arguments parse(String... arguments) {
    String command =
        arguments.length == 0 ? "help" : arguments[0].replaceFirst("^--?h(elp)?$", "help");
    Optional<Path> config = Optional.empty();
    List<String> settings = new ArrayList<>();
    Optional<URI> url = Optional.empty();
    for (int i = 1; i < arguments.length; i++) {
      String[] option = arguments[i].split("=", 2);
      if (option.length == 1 && i + 1 == arguments.length) {
        throw new IllegalArgumentException(option[0] + " is unknown or wants a value");
      }
      String value = option.length == 2 ? option[1] : arguments[++i];
      switch (option[0]) {
        case "--config" -> config = Optional.of(Path.of(value));
        case "--set" -> settings.add(value);
        case "--url" -> url = Optional.of(absolute(value));
        default -> throw new IllegalArgumentException(option[0] + " is unknown");
      }
    }
    return new Arguments(command, config, List.copyOf(settings), url);
  }

  private static URI absolute(String text) {
    URI url = URI.create(text);
    if (!url.isAbsolute()) {
      throw new IllegalArgumentException("--url must begin with http:// or https://");
    }
    return url;
  }

  OptionsSources sources(Map<String, String> environment) {
    Optional<Path> file = config.or(() -> Optional.of(USUAL_FILE).filter(Files::exists));
    return new OptionsSources(file, environment, settings);
  }
}
