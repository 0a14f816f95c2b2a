package io.vertebra.faults;

import java.util.List;
import java.util.stream.IntStream;

/** Where three nodes reach each other, and clients them. */
interface Network extends AutoCloseable {
  int NODES = 3;

  /** What a port is for. */
  enum Use {
    CLIENTS,
    CLUSTER,
    BUS,
    RAFT
  }

  /** Where the other nodes reach a node. */
  String peerHost(int node);

  /** Where clients reach a node. */
  String clientHost(int node);

  int port(int node, Use use);

  /** Where every node reaches what listens at all addresses of the test. */
  String testHost();

  /** A command that runs another one where the node lives. */
  List<String> at(int node, List<String> command);

  /** Lets nothing pass between a node and the others; clients still reach it. */
  void cutOff(int node);

  /** Ends all {@link #cutOff}. */
  void heal();

  @Override
  void close();

  static IntStream nodes() {
    return IntStream.range(0, NODES);
  }

  default String peer(int node, Use use) {
    return peerHost(node) + ":" + port(node, use);
  }
}
