package io.vertebra.raft;

import static io.vertebra.testkit.Waiting.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.BusDoor;
import io.vertebra.api.Fields;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Kernel;
import io.vertebra.cluster.Cluster;
import io.vertebra.cluster.ClusterOptions;
import io.vertebra.cluster.NodeFacts;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * Nodes of a real cluster in this process, numbered from 0, each with a folder and ports of its
 * own.
 */
final class RaftNodes implements AutoCloseable {
  private final List<Integer> ports = Stream.generate(RaftNodes::freePort).limit(6).toList();
  private final List<Node> open = new ArrayList<>();
  private final Path folder;

  RaftNodes(Path folder) {
    this.folder = folder;
  }

  /** A node, and what stands for its engine. */
  record Node(int number, Cluster cluster, RaftVerticle verticle, Future<String> started) {

    Seat seat() {
      return taken(verticle.seat());
    }

    Peer self() {
      return seat().self();
    }

    void serve(InMemoryGroup group) {
      verticle.serve(seat(), group.of(self().id()), seat().self().port());
    }

    GroupView group() {
      return await(verticle.service().group());
    }
  }

  @Override
  public void close() {
    open.forEach(RaftNodes::close);
  }

  static long clusterId(Node node) {
    return node.seat().group().clusterId();
  }

  static NodeSelector byAddress(Node node) {
    return new NodeSelector(NodeSelector.Kind.ADDRESS, node.self().address());
  }

  Node start(int number, List<String> members) {
    ClusterOptions options = new ClusterOptions("test", "127.0.0.1", ports.get(number), 0, members);
    NodeFacts facts = new NodeFacts("", List.of("core"), "1", Instant.EPOCH);
    Cluster cluster = taken(Cluster.open(options, facts, new VertxOptions()));
    BusDoor door = new BusDoor(cluster.vertx(), cluster.nodeId(), Interceptor.chain(List.of()));
    Kernel kernel =
        new Kernel(
            cluster.vertx(),
            cluster.nodeId(),
            new TestClock(),
            new SimpleMeterRegistry(),
            List.of(door));
    JsonObject raft =
        new JsonObject()
            .put("folder", folder(number).toString())
            .put("port", ports.get(3 + number));
    RaftVerticle verticle =
        new RaftVerticle(kernel, cluster.service(), options, RaftOptions.from(Fields.of(raft)));
    Node node = new Node(number, cluster, verticle, cluster.vertx().deployVerticle(verticle));
    open.add(node);
    return node;
  }

  Path folder(int number) {
    return folder.resolve("" + number);
  }

  void stop(Node node) {
    open.remove(node);
    close(node);
  }

  private static void close(Node node) {
    taken(node.cluster().vertx().close());
  }

  void wipe(int number) {
    try (Stream<Path> files = Files.walk(folder(number))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Meeting takes seconds, and the first Hazelcast of a process as many again. */
  static <T> T taken(Future<T> future) {
    try {
      return future.await(60, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("not done in 60 s", e);
    }
  }

  List<String> all() {
    return List.of(member(0), member(1), member(2));
  }

  String member(int number) {
    return "127.0.0.1:" + ports.get(number);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
