package io.vertebra.raft;

import io.vertebra.kv.EngineStatus;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells in the log who leads and who takes part, when that changes. */
final class MemberLog {
  private static final Logger LOG = LoggerFactory.getLogger(MemberLog.class);

  private long leader;
  private List<Peer> peers = List.of();

  synchronized void changed(EngineStatus status, List<Peer> now) {
    if (status.leaderId() != leader) {
      leader = status.leaderId();
      LOG.info(
          "raft.leader changed group={} leader={} term={} self={}",
          PeerCodec.hex(status.clusterId()),
          leader == 0 ? "none" : String.format("%016x", leader),
          status.term(),
          leader == status.memberId());
    }
    if (!peers.equals(now)) {
      peers = now;
      LOG.info(
          "raft.members changed group={} members={}",
          PeerCodec.hex(status.clusterId()),
          now.stream()
              .map(peer -> String.format("%016x", peer.id()) + "@" + peer.address())
              .collect(Collectors.joining(",")));
    }
  }
}
