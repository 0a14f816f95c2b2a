package io.vertebra.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Under load, whatever breaks: nothing acknowledged is missing, nothing read is old. */
@Tag("slow")
@Timeout(600)
final class FaultsTest {
  private static final int ROUNDS = 20;

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @ParameterizedTest
  @EnumSource(
      names = {
        "KILL_FOLLOWER",
        "KILL_TWO",
        "KILL_ALL",
        "SUSPEND_LEADER",
        "WIPE_FOLLOWER",
        "WIPE_LEADER"
      })
  void keepsWhatItPromisedWhenAProcessFails(Faults fault) throws Exception {
    try (ThreeNodes nodes = ThreeNodes.start(new VertebraNode(), new Loopback(), folder)) {
      Workload unused = Trial.run(nodes, 1, fault);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"CUT_OFF_LEADER", "CUT_OFF_FOLLOWER", "CUT_ALL_APART"})
  void keepsWhatItPromisedWhenTheNetworkFails(Faults fault) throws Exception {
    try (ThreeNodes nodes = ThreeNodes.start(new VertebraNode(), Namespaces.open(), folder)) {
      Workload unused = Trial.run(nodes, 1, fault);
    }
  }

  @Test
  @Timeout(1200)
  void leadsAgainWithin3sOfTheDeathOfALeader() throws Exception {
    List<Duration> without = new ArrayList<>();
    try (ThreeNodes nodes = ThreeNodes.start(new VertebraNode(), new Loopback(), folder)) {
      for (int round = 0; round < ROUNDS; round++) {
        Workload load = Trial.run(nodes, round, Faults.KILL_LEADER);
        without.add(load.untilNextWrite(nodes.lastKill()));
        System.out.println("without a leader for " + without.get(round));
      }
    }
    without.sort(null);
    System.out.println("without a leader, in rising order: " + without);
    assertThat(without.get(ROUNDS * 95 / 100 - 1)).isLessThan(Duration.ofSeconds(3));
  }

  @Test
  @Timeout(1200)
  void keepsWhatItPromisedIn20RoundsOfRandomFaults() throws Exception {
    long seed = new Random().nextInt(1_000_000);
    Random random = new Random(seed);
    Faults[] faults = Faults.values();
    try (ThreeNodes nodes = ThreeNodes.start(new VertebraNode(), Namespaces.open(), folder)) {
      for (int round = 0; round < ROUNDS; round++) {
        Faults fault = faults[random.nextInt(faults.length)];
        Workload unused = Trial.run(nodes, seed + round, fault);
      }
    }
  }
}
