package io.vertebra.raft;

import java.util.List;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.util.ProtoUtils;

/**
 * Who the members are, as an entry of the log says.
 *
 * @param index of that entry
 * @param former those whose majority is wanted besides while a change is under way
 */
record Configured(long index, List<Peer> peers, List<Peer> former) {
  static final Configured NOT_YET = new Configured(-1, List.of(), List.of());

  static Configured of(RaftConfiguration configuration) {
    return new Configured(
        configuration.getLogEntryIndex(),
        Ids.peers(configuration.getCurrentPeers()),
        Ids.peers(configuration.getPreviousPeers()));
  }

  static Configured of(long index, RaftConfigurationProto configuration) {
    return new Configured(
        index,
        Ids.peers(ProtoUtils.toRaftPeers(configuration.getPeersList())),
        Ids.peers(ProtoUtils.toRaftPeers(configuration.getOldPeersList())));
  }

  /** Whether this is older than another and says something else. */
  boolean isOutdatedBy(Configured other) {
    return index < other.index && !(peers.equals(other.peers) && former.equals(other.former));
  }
}
