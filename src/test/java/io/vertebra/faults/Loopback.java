package io.vertebra.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** All nodes on one address with ports of their own; nothing can be cut. */
final class Loopback implements Network {
  private static final int LEAST_PORT = 10_000;
  private static final int LEAST_EPHEMERAL_PORT = 32_768;
  private static final Random RANDOM = new Random();

  private final List<Map<Use, Integer>> ports =
      IntStream.range(0, NODES).mapToObj(node -> freePorts()).toList();

  @Override
  public String peerHost(int node) {
    return "127.0.0.1";
  }

  @Override
  public String clientHost(int node) {
    return "127.0.0.1";
  }

  @Override
  public String testHost() {
    return "127.0.0.1";
  }

  @Override
  public int port(int node, Use use) {
    return ports.get(node).get(use);
  }

  @Override
  public List<String> at(int node, List<String> command) {
    return command;
  }

  @Override
  public void cutOff(int node) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void heal() {}

  @Override
  public void close() {}

  private static Map<Use, Integer> freePorts() {
    Map<Use, Integer> free = new EnumMap<>(Use.class);
    for (Use use : Use.values()) {
      free.put(use, freePort());
    }
    return free;
  }

  /**
   * One that Linux does not give to outgoing connections, so that it is still free on a restart.
   */
  private static int freePort() {
    while (true) {
      int port = RANDOM.nextInt(LEAST_PORT, LEAST_EPHEMERAL_PORT);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // In use: another one.
      }
    }
  }
}
