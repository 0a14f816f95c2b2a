package io.vertebra;

import io.vertebra.http.ApiOptions;
import io.vertebra.kv.KvGroup;
import io.vertebra.log.EnduringLogManager;
import io.vertebra.options.OptionsException;
import io.vertebra.options.OptionsLoader;
import io.vertebra.options.OptionsSources;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

/** The command line. */
public final class Main {
  private static final int ASK_TIMEOUT_MS = 2_000;

  private Main() {}

  /**
   * Runs a command; the process ends with 0 if it did what it says, 1 if not, 2 if misspelt, but
   * for {@code lock}, whose codes are those of {@link LockCommand}.
   */
  public static void main(String[] arguments) {
    System.setProperty(EnduringLogManager.PROPERTY, EnduringLogManager.class.getName());
    int code = execute(arguments);
    if (code != 0) {
      System.exit(code);
    }
  }

  private static int execute(String... words) {
    try {
      return execute(Arguments.parse(words));
    } catch (IllegalArgumentException e) {
      int code = misspelt(String.valueOf(e.getMessage()));
      return words.length > 0 && words[0].equals("lock") ? LockCommand.MISSPELT : code;
    }
  }

  private static int execute(Arguments arguments) {
    try {
      return switch (arguments.command()) {
        case "start" -> start(arguments);
        case "check-config" -> checkConfig(arguments);
        case "health" -> health(arguments.url().orElseGet(() -> ready(arguments)));
        case "cluster" -> cluster(arguments);
        case "config" -> config(arguments);
        case "queue" -> queue(arguments);
        case "schedule" -> schedule(arguments);
        case "backup", "restore" -> backup(arguments);
        case "lock" -> lock(arguments);
        case "version" -> say(Vertebra.version());
        case "help" -> say(Arguments.USAGE.strip());
        case "warm-up" -> warmUp();
        default -> misspelt(arguments.command() + " is no command");
      };
    } catch (OptionsException e) {
      e.problems().forEach(Main::complain);
      return 1;
    } catch (IOException | TimeoutException | RuntimeException e) {
      complain(StartFailure.sentence(e));
      return 1;
    }
  }

  private static int start(Arguments arguments) throws TimeoutException {
    OptionsSources sources = arguments.sources(System.getenv());
    Vertebra unused = run(loader().load(sources).options());
    return 0;
  }

  private static int checkConfig(Arguments arguments) {
    loader().load(arguments.sources(System.getenv())).lines().forEach(System.out::println);
    return 0;
  }

  /** Where the node that the options describe says whether it is ready. */
  private static URI ready(Arguments arguments) {
    VertebraOptions options = loader().load(arguments.sources(System.getenv())).options();
    return URI.create(Vertebra.address(options.api().listener()) + "/health/ready");
  }

  private static int health(URI url) {
    try {
      int status = ask(url);
      System.out.println(url + " answers " + status);
      return status == 200 ? 0 : 1;
    } catch (IOException e) {
      complain(url + " does not answer: " + e.getMessage());
      return 1;
    }
  }

  private static int cluster(Arguments arguments) {
    return asking(arguments, (url, token) -> new ClusterCommand(url, token).run(arguments.words()));
  }

  private static int schedule(Arguments arguments) {
    return asking(
        arguments, (url, token) -> new ScheduleCommand(url, token).run(arguments.words()));
  }

  private static int config(Arguments arguments) {
    return asking(
        arguments,
        (url, token) -> {
          new ConfigCommand(url, token, System.in, System.out)
              .run(arguments.words(), arguments.flags());
          return "";
        });
  }

  private static int queue(Arguments arguments) {
    return asking(
        arguments,
        (url, token) -> {
          new QueueCommand(url, token, System.in, System.out)
              .run(arguments.words(), arguments.flags());
          return "";
        });
  }

  private static int backup(Arguments arguments) throws IOException {
    Path file = Path.of(arguments.words().get(0));
    boolean force = arguments.flags().contains("--force");
    String group = arguments.flags().contains("--queues") ? KvGroup.QUEUE : KvGroup.MAIN;
    if (arguments.flags().contains("--verify")) {
      return saying(() -> BackupCommand.verify(file));
    }
    ApiOptions api = api(arguments);
    BackupCommand command = new BackupCommand(url(arguments, api), ClusterCommand.token(api));
    return saying(
        () ->
            arguments.command().equals("backup")
                ? command.backup(file, group, force)
                : command.restore(file, force));
  }

  /** What says how it ended, also by its failure. */
  private interface Saying {
    String run() throws IOException;
  }

  private static int saying(Saying saying) {
    try {
      return say(saying.run());
    } catch (IOException e) {
      complain(String.valueOf(e.getMessage()));
      return 1;
    }
  }

  private static ApiOptions api(Arguments arguments) {
    return loader().load(arguments.sources(System.getenv())).options().api();
  }

  private static URI url(Arguments arguments, ApiOptions api) {
    return arguments.url().orElseGet(() -> URI.create(Vertebra.address(api.listener())));
  }

  private static int lock(Arguments arguments) throws IOException {
    ApiOptions api = loader().load(arguments.sources(System.getenv())).options().api();
    URI url = arguments.url().orElseGet(() -> URI.create(Vertebra.address(api.listener())));
    LockCommand command =
        new LockCommand(url, ClusterCommand.token(api), System::nanoTime, Main::complain);
    return command.run(LockRun.parse(arguments.words()));
  }

  /** What asks a node, and says what it answered; nothing if it wrote that itself. */
  private interface Asking {
    String ask(URI url, Optional<String> token) throws IOException;
  }

  private static int asking(Arguments arguments, Asking asking) {
    ApiOptions api = api(arguments);
    URI url = url(arguments, api);
    try {
      String answer = asking.ask(url, ClusterCommand.token(api));
      return answer.isEmpty() ? 0 : say(answer);
    } catch (IOException e) {
      complain(url + ": " + e.getMessage());
      return 1;
    }
  }

  /**
   * Starts a node with defaults on free ports, asks it once and stops it, so that the JVM can
   * archive the classes of a start. The process ends with it.
   */
  private static int warmUp() throws IOException, TimeoutException {
    List<String> settings =
        new ArrayList<>(
            loader().paths().stream()
                .filter(path -> path.matches(".*[.](port|busPort)"))
                .map(path -> path + "=0")
                .toList());
    settings.add("raft.folder=" + Files.createTempDirectory("vertebra-warm-up").resolve("kv"));
    OptionsSources sources = new OptionsSources(Optional.empty(), Map.of(), settings);
    Vertebra node = run(loader().load(sources).options());
    int status = ask(URI.create(node.listening().get("api") + "/health/ready"));
    System.exit(status == 200 ? 0 : 1);
    return 0;
  }

  /** The node, while its threads keep the process alive. */
  private static Vertebra run(VertebraOptions options) throws TimeoutException {
    NodeProcess process = new NodeProcess(options, Clock.systemUTC(), System.out);
    Vertebra node = process.start();
    process.print(node);
    return node;
  }

  private static OptionsLoader<VertebraOptions> loader() {
    return new OptionsLoader<>(VertebraOptions::from);
  }

  private static int ask(URI url) throws IOException {
    if (!(url.toURL().openConnection() instanceof HttpURLConnection connection)) {
      throw new IOException("not an HTTP address");
    }
    connection.setConnectTimeout(ASK_TIMEOUT_MS);
    connection.setReadTimeout(ASK_TIMEOUT_MS);
    return connection.getResponseCode();
  }

  private static int misspelt(String sentence) {
    complain(sentence + "; see: vertebra help");
    return 2;
  }

  private static int say(String text) {
    System.out.println(text);
    return 0;
  }

  private static void complain(String sentence) {
    System.err.println("vertebra: " + sentence);
  }
}
