package io.vertebra.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.Child;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Wall clocks that are wrong, and jump. */
@Tag("slow")
@Timeout(180)
final class ClockTest {
  private static final Duration FAR = Duration.ofHours(30);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void clocksThatJumpChangeNothing() throws Exception {
    WrongClocks clocks = new WrongClocks(new VertebraNode(), folder);
    try (ThreeNodes nodes = ThreeNodes.start(clocks, new Loopback(), folder)) {
      Workload unused =
          Trial.of(nodes)
              .run(
                  1,
                  load -> {
                    int leader = nodes.leader();
                    clocks.set(leader, FAR);
                    load.awaitWrites(100);
                    clocks.set(leader, FAR.negated());
                    clocks.set(nodes.follower(), FAR);
                    Faults.pass(6);
                    load.awaitWrites(100);
                    nodes.kill(leader);
                    load.awaitWrites(100);
                    nodes.start(leader);
                  });
    }
  }

  @Test
  void theClockOfAProcessIsReallySet() throws InterruptedException {
    WrongClocks clocks = new WrongClocks(new Date(), folder);
    clocks.set(1, FAR);
    try (Child date = Child.running(folder, clocks.command(1, new Loopback()))) {
      assertThat(date.awaitExit()).isZero();
      assertThat(Instant.parse(date.output()))
          .isBetween(Instant.now().plus(FAR).minusSeconds(60), Instant.now().plus(FAR));
    }
  }

  /** Tells the time as a JVM sees it. */
  private record Date() implements Software {
    @Override
    public List<String> command(int node, Network network) {
      return List.of(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-cp",
          System.getProperty("java.class.path"),
          Now.class.getName());
    }

    @Override
    public Store store(int node, Network network) {
      return new InMemoryStore();
    }
  }

  /** What {@link Date} runs. */
  static final class Now {
    private Now() {}

    public static void main(String[] arguments) {
      System.out.println(Instant.now());
    }
  }
}
