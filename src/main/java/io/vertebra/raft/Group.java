package io.vertebra.raft;

import java.util.List;

/**
 * Those who agree.
 *
 * @param clusterId never 0
 * @param peers those who form it, the same on each of them; a member that is not among them waits
 *     until they add it. Once the folder knows better only their addresses count
 */
public record Group(long clusterId, List<Peer> peers) {
  /** Tells the two groups of a cluster apart; even, as the ids of clusters are odd. */
  private static final long QUEUES = 0x7175657565730000L;

  public Group {
    if (clusterId == 0) {
      throw new IllegalArgumentException("clusterId must not be 0");
    }
    peers = List.copyOf(peers);
    if (peers.stream().mapToLong(Peer::id).distinct().count() < peers.size()) {
      throw new IllegalArgumentException("peers must differ in their ids");
    }
  }

  /** The group of the same nodes that keeps the queues. */
  public Group queues() {
    return new Group(clusterId ^ QUEUES, peers);
  }

  boolean contains(long id) {
    return peers.stream().anyMatch(peer -> peer.id() == id);
  }
}
