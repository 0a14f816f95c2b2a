package io.vertebra;

import io.vertebra.log.LogSystem;
import io.vertx.core.Future;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node that has the process to itself: it ends with it, and a signal stops it. */
final class NodeProcess {
  private static final Logger LOG = LoggerFactory.getLogger(NodeProcess.class);
  private static final Duration TIME_TO_CLOSE = Duration.ofSeconds(15);
  private static final Duration TIME_TO_START = Duration.ofMinutes(2);

  private final VertebraOptions options;
  private final Clock clock;
  private final PrintStream output;

  /**
   * @param output where a person reads what listens where
   */
  NodeProcess(VertebraOptions options, Clock clock, PrintStream output) {
    this.options = options;
    this.clock = clock;
    this.output = output;
  }

  /**
   * Starts the node and returns, while its threads keep the process alive.
   *
   * @throws StartFailure or anything else that kept it from starting
   */
  @SuppressWarnings("resource") // The log stays open as long as the process lives.
  Vertebra start() throws TimeoutException {
    LogSystem log = LogSystem.open(options.log(), System.err);
    Future<Vertebra> starting = Vertebra.start(options, clock);
    Thread stop = new Thread(() -> stop(starting, log), "vertebra-stop");
    Runtime.getRuntime().addShutdownHook(stop);
    try {
      return starting.await(TIME_TO_START.toSeconds(), TimeUnit.SECONDS);
    } catch (RuntimeException | TimeoutException e) {
      Runtime.getRuntime().removeShutdownHook(stop);
      log.close();
      throw e;
    }
  }

  /** Runs when the process is told to end; ends it with 0 if all went well. */
  private void stop(Future<Vertebra> starting, LogSystem log) {
    Duration limit =
        options.shutdown().delay().plus(options.shutdown().timeout()).plus(TIME_TO_CLOSE);
    int code = 0;
    try {
      starting.compose(Vertebra::close).await(limit.toMillis(), TimeUnit.MILLISECONDS);
      LOG.info("node.stopped");
    } catch (RuntimeException | TimeoutException e) {
      LOG.error("node.stop failed", e);
      code = 1;
    }
    log.close();
    Runtime.getRuntime().halt(code);
  }

  /** Says what listens where. */
  void print(Vertebra node) {
    long tookMs = ManagementFactory.getRuntimeMXBean().getUptime();
    output.println("Vertebra " + Vertebra.version() + " runs, " + tookMs + " ms after its start.");
    output.println("  node      " + node.id() + " " + String.join(", ", options.node().roles()));
    node.listening().forEach((name, address) -> output.printf("  %-9s %s%n", name, address));
    output.flush();
    node.firstKey().onSuccess(this::printFirstKey);
  }

  /** Shown here and nowhere else, not even in the log. */
  private void printFirstKey(String key) {
    output.println("  The first administrator's API key, which is shown this once:");
    output.println("  " + key);
    output.flush();
  }
}
