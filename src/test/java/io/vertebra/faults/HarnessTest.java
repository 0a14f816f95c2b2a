package io.vertebra.faults;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** These tests tried on a store that is known to be right, and on one that is known not to be. */
@Tag("slow")
@Timeout(180)
final class HarnessTest {
  @TempDir Path folder;

  @BeforeEach
  void needsEtcd() {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/etcd")), "there is no etcd here");
  }

  @Test
  void findsNothingWrongWithEtcd() throws Exception {
    try (ThreeNodes nodes = ThreeNodes.start(new Etcd(false), new Loopback(), folder)) {
      Workload unused = Trial.run(nodes, 1, Faults.KILL_LEADER);
      Workload unusedToo = Trial.run(nodes, 2, Faults.KILL_ALL);
    }
  }

  @Test
  void findsNothingWrongWithEtcdInPieces() throws Exception {
    try (ThreeNodes nodes = ThreeNodes.start(new Etcd(false), Namespaces.open(), folder)) {
      Workload unused = Trial.run(nodes, 3, Faults.CUT_OFF_LEADER);
    }
  }

  @Test
  void findsTheStaleReadsOfEtcd() {
    try (ThreeNodes nodes = ThreeNodes.start(new Etcd(true), Namespaces.open(), folder)) {
      assertThatThrownBy(() -> Trial.run(nodes, 4, Faults.CUT_OFF_LEADER))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("not linearizable");
    }
  }
}
