package io.vertebra.faults;

import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.Child;
import io.vertebra.testkit.linear.Register;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Three processes that are to be one store, and what can be done to them. Nothing outlives it. */
final class ThreeNodes implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Software software;
  private final Network network;
  private final Path folder;
  private final Map<Integer, Child> running = new HashMap<>();
  private final List<Store> stores;
  private volatile long lastKill;
  private final Thread cleaner = new Thread(this::end);

  private ThreeNodes(Software software, Network network, Path folder) {
    this.software = software;
    this.network = network;
    this.folder = folder;
    this.stores = Network.nodes().mapToObj(node -> software.store(node, network)).toList();
    Runtime.getRuntime().addShutdownHook(cleaner);
  }

  /** Starts them together and waits until all take writes. */
  static ThreeNodes start(Software software, Network network, Path folder) {
    return start(software, network, folder, nodes -> {});
  }

  /**
   * The same.
   *
   * @param begun what is done before clients can call
   */
  static ThreeNodes start(
      Software software, Network network, Path folder, Consumer<ThreeNodes> begun) {
    ThreeNodes nodes = new ThreeNodes(software, network, folder);
    try {
      Network.nodes().forEach(nodes::start);
      begun.accept(nodes);
      nodes.awaitService();
      return nodes;
    } catch (RuntimeException | Error e) {
      nodes.close();
      throw e;
    }
  }

  List<Store> stores() {
    return stores;
  }

  /** Where clients reach the API of each node. */
  List<String> urls() {
    return Network.nodes()
        .mapToObj(
            node ->
                "http://%s:%d/api/v1"
                    .formatted(network.clientHost(node), network.port(node, Network.Use.CLIENTS)))
        .toList();
  }

  /** Starts a node with the data it has. */
  synchronized void start(int node) {
    if (!running.containsKey(node)) {
      running.put(
          node,
          Child.running(created(folder(node)), network.at(node, software.command(node, network))));
    }
  }

  /** Ends a node by SIGKILL. */
  synchronized void kill(int node) {
    Child child = running.remove(node);
    child.kill();
    try {
      int unused = child.awaitExit();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    lastKill = System.nanoTime();
    log(node, child);
  }

  /** When a node was dead last, in nanoseconds. */
  long lastKill() {
    return lastKill;
  }

  synchronized void suspend(int node) {
    running.get(node).suspend();
  }

  synchronized void resume(int node) {
    running.get(node).resume();
  }

  /** Removes all that a node wrote; it must not run. */
  void wipe(int node) {
    try (Stream<Path> files = Files.walk(folder(node))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void cutOff(int node) {
    network.cutOff(node);
  }

  void heal() {
    network.heal();
  }

  /** The node that leads, agreed on by another. */
  int leader() {
    int[] found = new int[1];
    within(PATIENCE, () -> found[0] = agreedLeader().orElseThrow());
    return found[0];
  }

  /** One of those that do not lead. */
  int follower() {
    return (leader() + 1) % Network.NODES;
  }

  private OptionalInt agreedLeader() {
    Map<Long, Integer> votes = new HashMap<>();
    Map<Long, Integer> self = new HashMap<>();
    Network.nodes()
        .forEach(
            node -> {
              try {
                Store.Status status = stores.get(node).status();
                votes.merge(status.leader(), 1, Integer::sum);
                if (status.leads()) {
                  self.put(status.member(), node);
                }
              } catch (IOException e) {
                votes.merge(0L, 0, Integer::sum);
              }
            });
    return self.entrySet().stream()
        .filter(entry -> votes.get(entry.getKey()) > Network.NODES / 2)
        .mapToInt(Map.Entry::getValue)
        .findAny();
  }

  /** Waits until every node takes writes and reads. */
  void awaitService() {
    for (int node = 0; node < Network.NODES; node++) {
      Store store = stores.get(node);
      try {
        within(PATIENCE, () -> assertServes(store));
      } catch (AssertionError e) {
        throw new AssertionError("node " + node + " serves not:\n" + output(node), e);
      }
    }
  }

  /** The same; a node that ended by itself is started again, as a supervisor does. */
  void awaitServiceSupervised() {
    Network.nodes()
        .forEach(
            node ->
                within(
                    PATIENCE,
                    () -> {
                      startIfEnded(node);
                      assertServes(stores.get(node));
                    }));
  }

  private synchronized void startIfEnded(int node) {
    Child child = running.get(node);
    if (child != null && !child.isAlive()) {
      System.out.println("node " + node + " ended by itself");
      log(node, child);
      running.remove(node);
      start(node);
    }
  }

  private static void assertServes(Store store) {
    assertThat(store.call("service", new Register.Put("up"))).isInstanceOf(Reply.Done.class);
    assertThat(store.call("service", new Register.Get())).isInstanceOf(Reply.Done.class);
  }

  /** What a node printed since it was started last. */
  synchronized String output(int node) {
    Child child = running.get(node);
    return child == null ? "(not running)" : child.output();
  }

  /** Where nodes have their folders and, when they end, their logs. */
  Path folder() {
    return folder;
  }

  Path folder(int node) {
    return folder.resolve("node" + node);
  }

  /** Ends all processes and the network; what they printed is left in the folder. */
  @Override
  public void close() {
    end();
    Runtime.getRuntime().removeShutdownHook(cleaner);
  }

  private synchronized void end() {
    running.forEach(
        (node, child) -> {
          child.resume();
          child.kill();
          log(node, child);
        });
    running.clear();
    network.close();
  }

  private void log(int node, Child child) {
    try {
      Files.writeString(
          folder.resolve("node" + node + ".log"),
          child.output() + "\n-- ended\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path created(Path folder) {
    try {
      return Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
