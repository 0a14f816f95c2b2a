package io.vertebra.faults;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A network namespace for each node with two links: one to a bridge that joins the nodes, in a
 * namespace of its own, and one to the clients. Needs root. Linux removes the links with the
 * namespaces.
 *
 * <p>Addresses are of 198.18.0.0/15, which RFC 2544 sets aside for tests.
 */
final class Namespaces implements Network {
  private static final int TRIES = 3;

  private final int run = new Random().nextInt(60);
  private final String hub = "vertebra-" + run + "-hub";
  private final List<String> made = new ArrayList<>();

  private Namespaces() {}

  /**
   * Makes them; where that is not permitted, the test is skipped. Names may still be in use, since
   * the kernel takes away a little later what was removed.
   */
  static Namespaces open() {
    for (int left = TRIES; ; left--) {
      Namespaces network = new Namespaces();
      try {
        network.make();
        return network;
      } catch (IllegalStateException | UncheckedIOException e) {
        network.close();
        if (left == 1) {
          abort("no network namespaces here: " + e.getMessage());
        }
      }
    }
  }

  private void make() {
    namespace(hub);
    ip("-n %s link add peers type bridge".formatted(hub));
    ip("-n %s link set peers up".formatted(hub));
    for (int node = 0; node < NODES; node++) {
      String name = name(node);
      namespace(name);
      ip("-n %s link add peers type veth peer name p%d netns %s".formatted(name, node, hub));
      ip("-n %s address add %s/24 dev peers".formatted(name, peerHost(node)));
      ip("-n %s link set peers up".formatted(name));
      ip("-n %s link set p%d master peers up".formatted(hub, node));
      String outside = "vb%dc%d".formatted(run, node);
      ip("link add %s type veth peer name clients netns %s".formatted(outside, name));
      ip("address add %s/30 dev %s".formatted(clientAddress(node, 1), outside));
      ip("link set %s up".formatted(outside));
      ip("-n %s address add %s/30 dev clients".formatted(name, clientHost(node)));
      ip("-n %s link set clients up".formatted(name));
      ip("-n %s route add 198.18.0.0/16 via %s".formatted(name, clientAddress(node, 1)));
    }
  }

  private void namespace(String name) {
    ip("netns add " + name);
    made.add(name);
    ip("-n %s link set lo up".formatted(name));
  }

  private String name(int node) {
    return "vertebra-%d-%d".formatted(run, node);
  }

  private String clientAddress(int node, int end) {
    return "198.18.%d.%d".formatted(4 * run + node, end);
  }

  @Override
  public String peerHost(int node) {
    return "198.19.%d.%d".formatted(run, node + 1);
  }

  @Override
  public String clientHost(int node) {
    return clientAddress(node, 2);
  }

  @Override
  public String testHost() {
    return clientAddress(0, 1);
  }

  @Override
  public int port(int node, Use use) {
    return switch (use) {
      case CLIENTS -> 7000;
      case CLUSTER -> 7001;
      case BUS -> 7002;
      case RAFT -> 7003;
    };
  }

  @Override
  public List<String> at(int node, List<String> command) {
    List<String> inside = new ArrayList<>(List.of("ip", "netns", "exec", name(node)));
    inside.addAll(command);
    return inside;
  }

  @Override
  public void cutOff(int node) {
    ip("-n %s link set p%d down".formatted(hub, node));
  }

  @Override
  public void heal() {
    for (int node = 0; node < NODES; node++) {
      ip("-n %s link set p%d up".formatted(hub, node));
    }
  }

  @Override
  public void close() {
    made.forEach(name -> ip("netns delete " + name));
    made.clear();
  }

  private static void ip(String arguments) {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments.split(" ")));
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String output =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new IllegalStateException("ip " + arguments + ": " + output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
