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
 * @param words what follows the command before the first option
 * @param url what to ask; empty for the node that the options describe
 */
record Arguments(
    String command,
    List<String> words,
    Optional<Path> config,
    List<String> settings,
    Optional<URI> url) {
  static final String USAGE =
      """
      Usage: vertebra COMMAND [OPTION]...

      Commands
        start          starts a node and prints what listens where
        check-config   prints every option, its value and where that comes from
        health         asks a node whether it is ready
        cluster        asks a node about the members of the store, or to change them
        version        prints the version
        help           prints this

      What follows cluster
        status               shows the members and the nodes that wait to be added
        add ADDRESS          adds the waiting node whose store is at host:port
        remove ID            removes a member
        replace ID ADDRESS   puts a waiting node in the place of a member

      Options of start, check-config, health and cluster
        --config FILE      options in YAML; conf/vertebra.yaml, if there, when none is named
        --set PATH=VALUE   sets one option, as in api.port=8501; may be repeated

      Option of health and cluster
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
    int first = Math.min(1, arguments.length);
    while (first < arguments.length && !arguments[first].startsWith("-")) {
      first++;
    }
    List<String> words = List.of(arguments).subList(Math.min(1, first), first);
    requireKnown(command, words);
    for (int i = first; i < arguments.length; i++) {
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
    return new Arguments(command, words, config, List.copyOf(settings), url);
  }

  private static void requireKnown(String command, List<String> words) {
    if (command.equals("cluster")) {
      ClusterCommand.check(words);
    } else if (!words.isEmpty()) {
      throw new IllegalArgumentException(words.get(0) + " is unknown");
    }
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
