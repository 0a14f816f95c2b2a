package io.vertebra;

import io.vertebra.options.OptionsSources;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What stands on the command line. Read by hand: a library for it took a tenth of the time of a
 * start.
 *
 * @param command what to do
 * @param config the file named; empty for the usual one
 * @param settings of the form {@code path=value}
 * @param words what follows the command before the first option
 * @param flags options without a value, as they are written
 * @param url what to ask; empty for the node that the options describe
 */
record Arguments(
    String command,
    List<String> words,
    Optional<Path> config,
    List<String> settings,
    Set<String> flags,
    Optional<URI> url) {
  static final String USAGE =
      """
      Usage: vertebra COMMAND [OPTION]...

      Commands
        start          starts a node and prints what listens where
        check-config   prints every option, its value and where that comes from
        health         asks a node whether it is ready
        cluster        asks a node about the members of the store, or to change them
        config         reads and changes configuration at a node
        queue          sends and receives messages at a node, and moves dead letters
        schedule       shows and triggers schedules at a node
        backup FILE    writes the whole store but for the queues, or with --queues those, to
                       a file, which must not be there
        restore FILE   puts such a file in place of the store, if users keep nothing there
        lock run NAME -- COMMAND...
                       holds a lock while a command runs; ends with the command's code, or
                       75 not free in time, 76 lost and the command ended, 69 no answer,
                       64 misspelt
        version        prints the version
        help           prints this

      What follows cluster
        status               shows the members and the nodes that wait to be added
        add ADDRESS          adds the waiting node whose store is at host:port
        remove ID            removes a member
        replace ID ADDRESS   puts a waiting node in the place of a member

      What follows config
        get NAMESPACE KEY           prints a value
        set NAMESPACE KEY [VALUE]   releases a value, or what is read from the input
        edit NAMESPACE KEY          opens a value in $EDITOR and releases it
        diff NAMESPACE FROM [TO]    compares two revisions, or one and now
        watch NAMESPACE [PREFIX]    prints every change as a line of JSON
        import NAMESPACE FOLDER     releases the files of a folder, all at once
        export NAMESPACE FOLDER     writes the keys as files, without secrets

      What follows schedule
        list                        prints all schedules and when they fire next
        preview NAME                prints the next firings, and what does not fire, and why
        trigger NAME                has one run now and prints the occurrence's id

      Options of config
        --reveal           get and edit: shows the value of a secret
        --secret           set: encrypts and hides the value
        --replace          import: removes the keys that are no files

      What follows queue
        send QUEUE [BODY]      sends a message, or what is read from the input
        receive QUEUE [GROUP]  prints a message and acknowledges it
        redrive QUEUE [TO]     moves messages to where they came from, or to another queue

      Options of queue
        --keep             receive: returns the message instead
        --preview          redrive: tells only how many these are

      Options of backup and restore
        --queues           backup only: of the queues, which have a store of their own
        --verify           backup only: reads the file instead, without a node
        --force            writes over what is there

      Options of lock run
        --lease TIME       how long the lock is held without renewing; 15s when not given
        --wait TIME        how long to wait for it, at most 10m; not at all when not given

      Options of start and whatever asks a node
        --config FILE      options in YAML; conf/vertebra.yaml, if there, when none is named
        --set PATH=VALUE   sets one option, as in api.port=8501; may be repeated

      Option of whatever asks a node
        --url URL          what to ask; the node that the options describe when none is named
      """;

  /** Which options without a value a command knows. */
  private static final Map<String, Set<String>> FLAGS =
      Map.of(
          "backup",
          Set.of("--queues", "--verify", "--force"),
          "restore",
          Set.of("--force"),
          "config",
          ConfigCommand.FLAGS,
          "queue",
          QueueCommand.FLAGS);

  private static final Path USUAL_FILE = Path.of("conf", "vertebra.yaml");

  /**
   * Reads {@code --option value}, {@code --option=value}, and words wherever they stand.
   *
   * @throws IllegalArgumentException saying what is misspelt
   */
  static Arguments parse(String... arguments) {
    String command =
        arguments.length == 0 ? "help" : arguments[0].replaceFirst("^--?h(elp)?$", "help");
    Optional<Path> config = Optional.empty();
    List<String> settings = new ArrayList<>();
    Optional<URI> url = Optional.empty();
    List<String> words = new ArrayList<>();
    Set<String> flags = new HashSet<>();
    for (int i = 1; i < arguments.length; i++) {
      if (command.equals("lock") && arguments[i].equals("--")) {
        words.addAll(List.of(arguments).subList(i, arguments.length));
        break;
      }
      if (!arguments[i].startsWith("-")) {
        words.add(arguments[i]);
        continue;
      }
      if (FLAGS.getOrDefault(command, Set.of()).contains(arguments[i])) {
        flags.add(arguments[i]);
        continue;
      }
      String[] option = arguments[i].split("=", 2);
      if (option.length == 1 && i + 1 == arguments.length) {
        throw new IllegalArgumentException(option[0] + " is unknown or wants a value");
      }
      String value = option.length == 2 ? option[1] : arguments[++i];
      switch (option[0]) {
        case "--config" -> config = Optional.of(Path.of(value));
        case "--set" -> settings.add(value);
        case "--url" -> url = Optional.of(absolute(value));
        case "--lease", "--wait" -> {
          require(command.equals("lock"), option[0] + " is unknown");
          words.add(option[0] + "=" + value);
        }
        default -> throw new IllegalArgumentException(option[0] + " is unknown");
      }
    }
    requireKnown(command, words);
    return new Arguments(
        command, List.copyOf(words), config, List.copyOf(settings), Set.copyOf(flags), url);
  }

  private static void require(boolean holds, String sentence) {
    if (!holds) {
      throw new IllegalArgumentException(sentence);
    }
  }

  private static void requireKnown(String command, List<String> words) {
    if (command.equals("cluster")) {
      ClusterCommand.check(words);
    } else if (command.equals("lock")) {
      LockRun unused = LockRun.parse(words);
    } else if (command.equals("schedule")) {
      ScheduleCommand.check(words);
    } else if (command.equals("config")) {
      ConfigCommand.check(words);
    } else if (command.equals("queue")) {
      QueueCommand.check(words);
    } else if (FLAGS.containsKey(command)) {
      BackupCommand.check(command, words);
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
