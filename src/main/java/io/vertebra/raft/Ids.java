package io.vertebra.raft;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;

/** Ids and peers as Ratis has them, and back. */
final class Ids {
  private Ids() {}

  static RaftPeerId peerId(long id) {
    return RaftPeerId.valueOf(String.format("%016x", id));
  }

  static long id(RaftPeerId id) {
    return Long.parseUnsignedLong(id.toString(), 16);
  }

  static RaftGroupId groupId(long clusterId) {
    return RaftGroupId.valueOf(new UUID(clusterId, clusterId));
  }

  static RaftPeer raftPeer(Peer peer) {
    return RaftPeer.newBuilder().setId(peerId(peer.id())).setAddress(peer.address()).build();
  }

  static List<RaftPeer> raftPeers(List<Peer> peers) {
    return peers.stream().map(Ids::raftPeer).toList();
  }

  /** In the order of their ids. */
  static List<Peer> peers(Collection<RaftPeer> peers) {
    return peers.stream()
        .map(peer -> new Peer(id(peer.getId()), peer.getAddress()))
        .sorted(Comparator.comparingLong(Peer::id))
        .toList();
  }
}
