package io.vertebra.raft;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;

import io.vertebra.api.Api;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;

/** The operations on the members of the group: the one place that names them and their paths. */
final class RaftApi {
  static final String CONCERN = "raft";
  static final String ADDRESS = "vertebra." + CONCERN;

  private static final String GROUP = "/api/v1/raft";
  private static final String MEMBERS = GROUP + "/members";
  private static final JsonObject ANSWER = Fields.describe(GroupView::from);

  private RaftApi() {}

  /**
   * @param queues of the queues' group, which only show it
   */
  static Api of(RaftService service, RaftService queues) {
    return new Api(
        CONCERN,
        Api.Scope.CLUSTER,
        List.of(
            group(service),
            queueGroup(queues),
            add(service),
            remove(service),
            replace(service),
            transfer(service)));
  }

  private static Operation<?> group(RaftService service) {
    return Operation.of(
            "group",
            GET,
            GROUP,
            "Shows the members of the store's group, and the nodes that wait to be added.",
            fields -> fields.build(() -> ""),
            nothing -> service.group().map(GroupView::toJson))
        .answering(ANSWER);
  }

  private static Operation<?> queueGroup(RaftService queues) {
    return Operation.of(
            "queue-group",
            GET,
            GROUP + "/queue",
            "Shows the members of the group of the queues, who follow those of the store.",
            fields -> fields.build(() -> ""),
            nothing -> queues.group().map(GroupView::toJson))
        .answering(ANSWER);
  }

  private static Operation<?> add(RaftService service) {
    return Operation.of(
            "add-member",
            POST,
            MEMBERS,
            "Adds a waiting node to the group.",
            NodeSelector::from,
            node -> service.add(node).map(GroupView::toJson))
        .answering(ANSWER);
  }

  private static Operation<?> remove(RaftService service) {
    return Operation.of(
            "remove-member",
            DELETE,
            MEMBERS + "/:id",
            "Removes a member from the group.",
            RaftApi::id,
            id -> service.remove(id).map(GroupView::toJson))
        .answering(ANSWER);
  }

  private static Operation<?> replace(RaftService service) {
    return Operation.of(
            "replace-member",
            POST,
            MEMBERS + "/:id/replace",
            "Puts a waiting node in the place of a member, in one step.",
            ReplaceMember::from,
            change -> service.replace(change).map(GroupView::toJson))
        .answering(ANSWER);
  }

  private static Operation<?> transfer(RaftService service) {
    return Operation.of(
            "transfer",
            POST,
            GROUP + ":transfer",
            "Lets another member lead, the one that is furthest unless one is named.",
            RaftApi::to,
            to -> service.transfer(to).map(GroupView::toJson))
        .answering(ANSWER);
  }

  private static Long id(Fields fields) {
    String id = PeerCodec.id(fields, "id").required();
    return fields.build(() -> PeerCodec.id(id));
  }

  private static Optional<Long> to(Fields fields) {
    Optional<String> to = PeerCodec.id(fields, "to").about("The member's id.").optional();
    return fields.build(() -> to.map(PeerCodec::id));
  }
}
