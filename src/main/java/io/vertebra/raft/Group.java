package io.vertebra.raft;

import java.util.List;

/**
 * Those who agree.
 *
 * @param clusterId never 0
 * @param peers those who form it, the same on each of them; empty for a member that waits until a
 *     group adds it. Of no account once the folder knows better
 */
public record Group(long clusterId, List<Peer> peers) {
  public Group {
    if (clusterId == 0) {
      throw new IllegalArgumentException("clusterId must not be 0");
    }
    peers = List.copyOf(peers);
    if (peers.stream().mapToLong(Peer::id).distinct().count() < peers.size()) {
      throw new IllegalArgumentException("peers must differ in their ids");
    }
  }
}
