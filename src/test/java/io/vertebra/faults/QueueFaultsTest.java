package io.vertebra.faults;

import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.faults.RandomFaults.Kind;
import io.vertebra.testkit.Violation;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Messages of three queues, with keys and without, go to two groups each while nodes fail. */
@Tag("slow")
@Timeout(900)
final class QueueFaultsTest {
  private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("queues.seconds", 30));

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void keepsItsPromisesWhileNodesDieAndStandStill() throws Exception {
    try (ThreeNodes nodes = ThreeNodes.start(new VertebraNode(), new Loopback(), folder)) {
      run(nodes, Kind.KILL, Kind.SUSPEND);
    }
  }

  @Test
  void keepsItsPromisesWhileTheNetworkFailsToo() throws Exception {
    Network network = Namespaces.open();
    try (ThreeNodes nodes = ThreeNodes.start(new VertebraNode(), network, folder)) {
      run(nodes, Kind.values());
    }
  }

  private static void run(ThreeNodes nodes, Kind... kinds) throws Exception {
    long seed = new Random().nextInt(1_000_000);
    System.out.println("queues seed=" + seed);
    QueueHistory history = new QueueHistory();
    QueueLoad load = new QueueLoad(nodes.urls(), history);
    within(Duration.ofSeconds(30), () -> define(load));
    RandomFaults faults = new RandomFaults(nodes, new Random(seed), kinds);
    load.start(seed);
    try {
      faults.run(System.nanoTime() + TIME.toNanos());
      load.stopSending();
      System.out.println("queues open=" + history.open(QueueLoad.GROUPS).size());
      long stopped = System.nanoTime();
      Violation.unless(
          () ->
              within(
                  Duration.ofSeconds(90),
                  () -> assertThat(history.open(QueueLoad.GROUPS)).isEmpty()));
      nothingIsLeft(load);
      System.out.println("queues emptied ms=" + (System.nanoTime() - stopped) / 1_000_000);
    } finally {
      load.stopSending();
      load.stopReceiving();
      System.out.printf("queues seed=%d %s %s %s%n", seed, faults, history, load);
    }
    Violation.unless(() -> history.verify(QueueLoad.GROUPS));
    assertThat(history.messages()).isGreaterThan((int) TIME.toSeconds() * 10);
  }

  private static void define(QueueLoad load) {
    try {
      load.define();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What was sent without an answer may be open; it is received in the end too. */
  private static void nothingIsLeft(QueueLoad load) {
    for (String queue : QueueLoad.QUEUES) {
      within(
          Duration.ofSeconds(30),
          () -> {
            try {
              assertThat(load.count(queue)).isZero();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    }
  }
}
