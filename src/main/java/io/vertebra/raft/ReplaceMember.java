package io.vertebra.raft;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;

/**
 * Asks for a waiting node in place of a member, in one step.
 *
 * @param id of the member
 */
public record ReplaceMember(long id, NodeSelector by) {

  static ReplaceMember from(Fields fields) {
    String id = PeerCodec.id(fields, "id").required();
    NodeSelector by = fields.object("by", NodeSelector::from).required();
    return fields.build(() -> new ReplaceMember(PeerCodec.id(id), by));
  }

  JsonObject toJson() {
    return new JsonObject().put("id", PeerCodec.hex(id)).put("by", by.toJson());
  }
}
