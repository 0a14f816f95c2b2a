package io.vertebra.faults;

import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.linear.Register;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that die while they write a snapshot, and that come back when the log is long gone. */
@Tag("slow")
@Timeout(300)
final class SnapshotTest {
  private static final int VALUES = 200;
  private static final int VALUE_LENGTH = 100_000;
  private static final Predicate<String> FIRST =
      name -> name.startsWith("log_0-") || name.equals("log_inprogress_0");

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  private final Random random = new Random(1);

  @Test
  void aNodeThatDiesInTheMiddleOfASnapshotLosesNothing() throws Exception {
    try (ThreeNodes nodes = ThreeNodes.start(snapshotsOften(), new Loopback(), folder)) {
      fill(nodes);
      for (int round = 0; round < 3; round++) {
        Workload unused = Trial.of(nodes).run(round, load -> killInSnapshot(nodes, nodes.leader()));
      }
    }
  }

  @Test
  void aNodeThatMissedWhatTheLogForgotIsBroughtUpByASnapshot() throws Exception {
    try (ThreeNodes nodes = ThreeNodes.start(snapshotsOften(), new Loopback(), folder)) {
      Workload unused =
          Trial.of(nodes)
              .run(
                  1,
                  load -> {
                    int late = nodes.follower();
                    nodes.kill(late);
                    forgetBeginning(nodes, nodes.leader());
                    nodes.start(late);
                  });
    }
  }

  private static Software snapshotsOften() {
    return new VertebraNode("raft.snapshotAfterBytes=2097152");
  }

  private void fill(ThreeNodes nodes) {
    for (int i = 0; i < VALUES; i++) {
      write(nodes, "fill/" + i);
    }
  }

  /** Writes until the log of a node has no beginning any more; that of the queues keeps its own. */
  private void forgetBeginning(ThreeNodes nodes, int node) {
    within(
        Duration.ofSeconds(60),
        () -> {
          write(nodes, "fill/" + random.nextInt(VALUES));
          assertThat(logs(nodes.folder(node))).anyMatch(log -> log.stream().noneMatch(FIRST));
        });
  }

  private void write(ThreeNodes nodes, String key) {
    String value = Integer.toString(random.nextInt(10)).repeat(VALUE_LENGTH);
    within(
        Duration.ofSeconds(60),
        () -> assertThat(nodes.stores()).anyMatch(store -> isDone(store, key, value)));
  }

  private static boolean isDone(Store store, String key, String value) {
    return store.call(key, new Register.Put(value)) instanceof Reply.Done;
  }

  private void killInSnapshot(ThreeNodes nodes, int node) {
    within(
        Duration.ofSeconds(60),
        () -> {
          write(nodes, "fill/" + random.nextInt(VALUES));
          assertThat(unfinished(nodes.folder(node))).isNotEmpty();
        });
    nodes.kill(node);
    assertThat(unfinished(nodes.folder(node))).as("killed in the middle").isNotEmpty();
    nodes.start(node);
  }

  private static List<String> unfinished(Path folder) {
    return files(folder).stream().filter(name -> name.endsWith(".tmp")).toList();
  }

  private static List<String> files(Path folder) {
    return paths(folder).stream().map(file -> file.getFileName().toString()).toList();
  }

  /** The names of the parts of each log in it. */
  private static Collection<List<String>> logs(Path folder) {
    return paths(folder).stream()
        .filter(file -> file.getFileName().toString().startsWith("log_"))
        .collect(
            Collectors.groupingBy(
                Path::getParent,
                Collectors.mapping(file -> file.getFileName().toString(), Collectors.toList())))
        .values();
  }

  /** All files in it; none if they change just now. */
  private static List<Path> paths(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }
}
