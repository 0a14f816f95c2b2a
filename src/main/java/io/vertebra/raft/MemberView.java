package io.vertebra.raft;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * A member of the group, or a node that waits to be added.
 *
 * @param name of its node; empty if it has none or is not reachable
 * @param node its node's id; empty if it is not reachable
 * @param reachable whether it answered within a second
 * @param progress how far its log is; absent if that is not known
 */
public record MemberView(
    Peer peer,
    String name,
    String node,
    Role role,
    boolean reachable,
    Optional<LogProgress> progress) {

  /** What it does. */
  public enum Role {
    LEADER,
    FOLLOWER,
    /** It is no member, but may be added. */
    WAITING
  }

  /**
   * How far a log is.
   *
   * @param commitIndex last entry known to be on a majority
   * @param appliedIndex last entry applied to the store
   */
  public record LogProgress(long commitIndex, long appliedIndex) {}

  boolean isMember() {
    return role != Role.WAITING;
  }

  JsonObject toJson() {
    JsonObject json =
        PeerCodec.toJson(peer)
            .put("role", Fields.word(role))
            .put("reachable", reachable)
            .put("name", name)
            .put("node", node);
    progress.ifPresent(
        known ->
            json.put("commitIndex", known.commitIndex()).put("appliedIndex", known.appliedIndex()));
    return json;
  }

  static MemberView from(Fields fields) {
    String id = PeerCodec.id(fields, "id").required();
    String address = fields.text("address", 3, 300).required();
    Role role = fields.choice("role", Role.class).required();
    boolean reachable = fields.flag("reachable").required();
    String name = fields.text("name", 0, 100).orElse("");
    String node = fields.text("node", 0, 200).orElse("");
    Optional<Long> commit = fields.longInteger("commitIndex", -1, Long.MAX_VALUE).optional();
    Optional<Long> applied = fields.longInteger("appliedIndex", -1, Long.MAX_VALUE).optional();
    return fields.build(
        () ->
            new MemberView(
                new Peer(PeerCodec.id(id), address),
                name,
                node,
                role,
                reachable,
                commit.flatMap(c -> applied.map(a -> new LogProgress(c, a)))));
  }
}
