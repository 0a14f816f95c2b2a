package io.vertebra.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** All nodes on one address with ports of their own; nothing can be cut. */
final class Loopback implements Network {
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

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
