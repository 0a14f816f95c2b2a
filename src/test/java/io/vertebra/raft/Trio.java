package io.vertebra.raft;

import static io.vertebra.testkit.Waiting.eventually;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.cluster.NodeTls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.apache.ratis.server.RaftServer;

/** Members of a group in this process, each with a folder of its own. Closed with their engines. */
final class Trio implements AutoCloseable {
  static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final long CLUSTER = 77;

  private final Path root;
  private final Map<Long, Node> nodes = new TreeMap<>();
  private final Map<Long, Peer> known = new TreeMap<>();
  private long minFreeBytes;
  private String host = "127.0.0.1";
  private Optional<NodeTls> tls = Optional.empty();
  private long snapshotAfterBytes = 64L << 20;

  /** An engine and what it drives. */
  record Node(
      Peer peer,
      RaftOptions options,
      RaftHost host,
      RaftEngine engine,
      CountingReplica replica,
      MeterRegistry meters) {

    String propose(String entry) {
      return CountingReplica.text(await(engine.propose(CountingReplica.bytes(entry), DEADLINE)));
    }

    void barrier() {
      await(engine.barrier(DEADLINE));
    }

    double meter(String name) {
      return meters.get(name).meter().measure().iterator().next().getValue();
    }
  }

  Trio(Path root) {
    this.root = root;
  }

  Trio host(String name) {
    host = name;
    return this;
  }

  Trio tls(Optional<NodeTls> certificates) {
    tls = certificates;
    return this;
  }

  Trio minFreeBytes(long bytes) {
    minFreeBytes = bytes;
    return this;
  }

  Trio snapshotAfterBytes(long bytes) {
    snapshotAfterBytes = bytes;
    return this;
  }

  /** A peer on a free port. */
  Peer peer(long id) {
    return known.computeIfAbsent(id, unused -> new Peer(id, host + ":" + freePort()));
  }

  List<Peer> peers(long... ids) {
    List<Peer> peers = new ArrayList<>();
    for (long id : ids) {
      peers.add(peer(id));
    }
    return peers;
  }

  /** Members that form a group. */
  Trio form(long... ids) {
    List<CompletionStage<Void>> opening = new ArrayList<>();
    for (long id : ids) {
      opening.add(opening(id, peers(ids)));
    }
    opening.forEach(Trio::await);
    return this;
  }

  /** Opens a member, or opens it again. */
  Node open(long id, long... group) {
    await(opening(id, peers(group)));
    return node(id);
  }

  CompletionStage<Void> opening(long id, List<Peer> group) {
    Peer peer = peer(id);
    RaftOptions options =
        new RaftOptions(
            folder(id),
            peer.port(),
            minFreeBytes,
            Duration.ofMillis(300),
            Duration.ofMillis(600),
            true,
            snapshotAfterBytes,
            Duration.ofMinutes(10),
            tls);
    MeterRegistry meters = new SimpleMeterRegistry();
    RaftHost raft = new RaftHost(options, peer);
    Group members = new Group(CLUSTER, group);
    RaftEngine engine =
        new RaftEngine(raft, "kv", options.folder(), members, meters, System::nanoTime);
    CountingReplica replica = new CountingReplica();
    nodes.put(id, new Node(peer, options, raft, engine, replica, meters));
    return engine.open(replica);
  }

  /** What Ratis has of a member. */
  static RaftServer.Division division(Node node) {
    try {
      return requireNonNull(node.host().server()).getDivision(Ids.groupId(CLUSTER));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path folder(long id) {
    return root.resolve("member" + id);
  }

  /** The files of a member's group whose names begin so, oldest first. */
  List<Path> files(long id, String folder, String prefix) {
    Path group = folder(id).resolve(new UUID(CLUSTER, CLUSTER).toString());
    try (Stream<Path> files = Files.list(group.resolve(folder))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .filter(file -> file.getFileName().toString().matches(".*\\d"))
          .filter(file -> !file.toString().endsWith(".md5"))
          .sorted(Comparator.comparingLong(Trio::index))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long index(Path file) {
    String digits = file.getFileName().toString().replaceAll(".*_", "").replaceAll("-.*", "");
    return Long.parseLong(digits);
  }

  /** Writes until the log no longer begins at its beginning. */
  void fillUntilPurged(Node leader) {
    int i = 0;
    do {
      assertThat(i).as("entries written, and the log is not purged").isLessThan(1_000);
      assertThat(leader.propose(repeated("x" + i++ + ".", 64 << 10))).isNotEmpty();
    } while (index(files(leader.peer().id(), "current", "log_").get(0)) == 0);
  }

  Node node(long id) {
    Node node = nodes.get(id);
    if (node == null) {
      throw new IllegalArgumentException("no member " + id);
    }
    return node;
  }

  List<Node> open() {
    return List.copyOf(nodes.values());
  }

  /** The member that leads, once there is one. */
  Node leader() {
    eventually(() -> assertThat(open().stream().filter(node -> node.replica().leads())).hasSize(1));
    return open().stream().filter(node -> node.replica().leads()).findFirst().orElseThrow();
  }

  Node follower() {
    long leader = leader().peer().id();
    return open().stream().filter(node -> node.peer().id() != leader).findFirst().orElseThrow();
  }

  void close(long id) {
    Node node = nodes.remove(id);
    if (node != null) {
      await(node.engine().close());
    }
  }

  @Override
  public void close() {
    List<CompletionStage<Void>> closing = new ArrayList<>();
    nodes.values().forEach(node -> closing.add(node.engine().close()));
    closing.forEach(Trio::await);
  }

  static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(25, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("not done in 25 s", e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static String repeated(String text, int bytes) {
    return text.repeat(1 + bytes / text.length()).substring(0, bytes);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
