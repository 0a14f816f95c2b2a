package io.vertebra.raft;

import io.vertebra.api.Fields;
import io.vertebra.kv.EngineStatus;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * What a core node says of itself when asked.
 *
 * @param node its id among the nodes
 * @param clusterId of its group; 0 if it knows none yet
 * @param founders who formed its group; while it knows none, with whom it would form one, none as
 *     long as it misses some. In the order of their ids
 * @param members of the group as it knows them; none before its engine is open
 * @param progress absent before its engine is open
 */
record Introduction(
    String node,
    Peer peer,
    long clusterId,
    List<Peer> founders,
    List<Peer> members,
    Optional<Progress> progress) {

  Introduction {
    founders = List.copyOf(founders);
    members = List.copyOf(members);
  }

  /**
   * How far the log is.
   *
   * @param leaderId 0 if none is known
   */
  record Progress(long leaderId, long term, long commitIndex, long appliedIndex) {

    static Progress of(EngineStatus status) {
      return new Progress(
          status.leaderId(), status.term(), status.commitIndex(), status.appliedIndex());
    }

    JsonObject toJson() {
      JsonObject json = new JsonObject().put("term", term);
      json.put("commitIndex", commitIndex).put("appliedIndex", appliedIndex);
      return leaderId == 0 ? json : json.put("leaderId", PeerCodec.hex(leaderId));
    }

    static Progress from(Fields fields) {
      long leaderId = PeerCodec.idOrZero(fields, "leaderId");
      long term = fields.longInteger("term", 0, Long.MAX_VALUE).orElse(0L);
      long commit = fields.longInteger("commitIndex", -1, Long.MAX_VALUE).orElse(0L);
      long applied = fields.longInteger("appliedIndex", -1, Long.MAX_VALUE).orElse(0L);
      return fields.build(() -> new Progress(leaderId, term, commit, applied));
    }
  }

  boolean isMember() {
    return lists(members, peer.id());
  }

  /** Whether its engine runs, without being a member. */
  boolean isWaiting() {
    return progress.isPresent() && !isMember();
  }

  static boolean lists(List<Peer> peers, long id) {
    return peers.stream().anyMatch(peer -> peer.id() == id);
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("node", node)
            .put("peer", PeerCodec.toJson(peer))
            .put("founders", PeerCodec.toJson(founders))
            .put("members", PeerCodec.toJson(members));
    progress.ifPresent(known -> json.put("progress", known.toJson()));
    return clusterId == 0 ? json : json.put("clusterId", PeerCodec.hex(clusterId));
  }

  static Introduction from(Fields fields) {
    String node = fields.text("node", 1, 200).required();
    Peer peer = fields.section("peer", PeerCodec::peer);
    long clusterId = PeerCodec.idOrZero(fields, "clusterId");
    List<Peer> founders = PeerCodec.peers(fields, "founders");
    List<Peer> members = PeerCodec.peers(fields, "members");
    Optional<Progress> progress = fields.object("progress", Progress::from).optional();
    return fields.build(() -> new Introduction(node, peer, clusterId, founders, members, progress));
  }
}
