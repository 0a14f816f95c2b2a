package io.vertebra.raft;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Who a node is, for as long as it has its folder.
 *
 * @param id random and never 0; the node is the member of this id
 * @param group the one group it ever belongs to; absent before it is known
 */
record Identity(long id, Optional<Group> group) {

  Identity {
    if (id == 0) {
      throw new IllegalArgumentException("id must not be 0");
    }
  }

  /** The same node in its group. */
  Identity in(Group wanted) {
    if (group.isPresent() && group.get().clusterId() != wanted.clusterId()) {
      throw new IllegalStateException("belongs to another group already");
    }
    return new Identity(id, Optional.of(wanted));
  }

  long clusterId() {
    return group.map(Group::clusterId).orElse(0L);
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("id", PeerCodec.hex(id));
    group.ifPresent(
        known ->
            json.put("clusterId", PeerCodec.hex(known.clusterId()))
                .put("peers", PeerCodec.toJson(known.peers())));
    return json;
  }

  static Identity from(Fields fields) {
    String id = PeerCodec.id(fields, "id").required();
    long clusterId = PeerCodec.idOrZero(fields, "clusterId");
    var peers = PeerCodec.peers(fields, "peers");
    return fields.build(
        () ->
            new Identity(
                PeerCodec.id(id),
                clusterId == 0 ? Optional.empty() : Optional.of(new Group(clusterId, peers))));
  }
}
