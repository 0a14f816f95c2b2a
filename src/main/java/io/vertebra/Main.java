package io.vertebra;

import io.vertebra.http.ApiOptions;
import io.vertebra.log.EnduringLogManager;
import io.vertebra.options.OptionsException;
import io.vertebra.options.OptionsLoader;
import io.vertebra.options.OptionsSources;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
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

  /** Runs a command; the process ends with 0 if it did what it says, 1 if not, 2 if misspelt. */
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
      return misspelt(String.valueOf(e.getMessage()));
    }
  }

  private static int execute(Arguments arguments) {
    try {
      return switch (arguments.command()) {
        case "start" -> start(arguments);
        case "check-config" -> checkConfig(arguments);
        case "health" -> health(arguments.url().orElseGet(() -> ready(arguments)));
        case "cluster" -> cluster(arguments);
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
    ApiOptions api = loader().load(arguments.sources(System.getenv())).options().api();
    URI url = arguments.url().orElseGet(() -> URI.create(Vertebra.address(api.listener())));
    try {
      return say(new ClusterCommand(url, ClusterCommand.token(api)).run(arguments.words()));
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
