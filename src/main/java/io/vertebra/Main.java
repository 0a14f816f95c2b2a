package io.vertebra;

import io.vertebra.log.EnduringLogManager;
import io.vertebra.options.LoadedOptions;
import io.vertebra.options.OptionsException;
import io.vertebra.options.OptionsLoader;
import io.vertebra.options.OptionsSources;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The command line. */
@Command(
    name = "vertebra",
    description = "The backbone of a distributed application.",
    mixinStandardHelpOptions = true,
    version = "see: vertebra version",
    synopsisSubcommandLabel = "COMMAND")
public final class Main {
  private static final Path DEFAULT_FILE = Path.of("conf", "vertebra.yaml");

  private Main() {}

  /** Runs a command; the process ends with 0 if it did what it says, 1 if not, 2 if misspelt. */
  public static void main(String[] arguments) {
    System.setProperty(EnduringLogManager.PROPERTY, EnduringLogManager.class.getName());
    int code = new CommandLine(new Main()).execute(arguments);
    if (code != 0) {
      System.exit(code);
    }
  }

  @Command(description = "Starts a node and prints what listens where.")
  int start(@Mixin Sources sources) {
    try {
      VertebraOptions options = sources.load().options();
      NodeProcess process = new NodeProcess(options, Clock.systemUTC(), System.out);
      process.print(process.start());
      return 0;
    } catch (OptionsException e) {
      return complain(e);
    } catch (Exception e) {
      System.err.println("vertebra: " + StartFailure.sentence(e));
      return 1;
    }
  }

  @Command(
      name = "check-config",
      description = "Prints every option, its value and where that comes from.")
  int checkConfig(@Mixin Sources sources) {
    try {
      sources.load().lines().forEach(System.out::println);
      return 0;
    } catch (OptionsException e) {
      return complain(e);
    }
  }

  @Command(description = "Prints the version.")
  int version() {
    System.out.println(Vertebra.version());
    return 0;
  }

  @Command(description = "Asks a node whether it is ready.")
  int health(
      @Option(
              names = "--url",
              defaultValue = "http://127.0.0.1:8500/health/ready",
              description = "What to ask; default: ${DEFAULT-VALUE}")
          URI url) {
    try {
      int status = ask(url);
      System.out.println(url + " answers " + status);
      return status == 200 ? 0 : 1;
    } catch (IOException | ClassCastException | IllegalArgumentException e) {
      System.err.println("vertebra: " + url + " does not answer: " + e.getMessage());
      return 1;
    }
  }

  /** Loads the classes of a start, so that the JVM can archive them. The process ends with it. */
  @Command(
      name = "warm-up",
      hidden = true,
      description = "Starts a node with defaults on free ports, asks it once and stops it.")
  int warmUp() throws IOException, TimeoutException {
    OptionsLoader<VertebraOptions> loader = new OptionsLoader<>(VertebraOptions::from);
    List<String> anyPorts =
        loader.paths().stream()
            .filter(path -> path.matches(".*[.](port|busPort)"))
            .map(path -> path + "=0")
            .toList();
    OptionsSources sources = new OptionsSources(Optional.empty(), Map.of(), anyPorts);
    VertebraOptions options = loader.load(sources).options();
    NodeProcess process = new NodeProcess(options, Clock.systemUTC(), System.out);
    Vertebra node = process.start();
    process.print(node);
    int unused = ask(URI.create(node.listening().get("api") + "/health/ready"));
    System.exit(0);
    return 0;
  }

  private static int ask(URI url) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) url.toURL().openConnection();
    connection.setConnectTimeout(2_000);
    connection.setReadTimeout(2_000);
    return connection.getResponseCode();
  }

  private static int complain(OptionsException e) {
    e.problems().forEach(problem -> System.err.println("vertebra: " + problem));
    return 1;
  }

  /** Where options come from. */
  static final class Sources {
    @Option(
        names = "--config",
        description = "Options in YAML; default: conf/vertebra.yaml, if any")
    @Nullable Path config;

    @Option(names = "--set", description = "Sets one option: api.port=8501. May be repeated.")
    List<String> settings = List.of();

    LoadedOptions<VertebraOptions> load() {
      Optional<Path> file = Optional.ofNullable(config);
      if (file.isEmpty() && Files.exists(DEFAULT_FILE)) {
        file = Optional.of(DEFAULT_FILE);
      }
      return new OptionsLoader<>(VertebraOptions::from)
          .load(new OptionsSources(file, System.getenv(), settings));
    }
  }
}
