package io.vertebra.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The fault that is met most often; the others take longer and are in {@link FaultsTest}. */
@Timeout(120)
@Tag("slow")
final class KilledLeaderTest {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void losesNothingThatWasAcknowledged() throws Exception {
    try (ThreeNodes nodes = ThreeNodes.start(new VertebraNode(), new Loopback(), folder)) {
      Workload load = Trial.run(nodes, 1, Faults.KILL_LEADER);
      assertThat(load.untilNextWrite(nodes.lastKill())).isLessThan(Duration.ofSeconds(10));
    }
  }
}
