package io.vertebra.raft;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** The members of the group, asked for over the event bus. */
public final class BusRaftService implements RaftService {
  /** A change takes as long as a new member needs to catch up. */
  private static final long TIMEOUT_MS = LiveRaftService.DEADLINE.plusSeconds(5).toMillis();

  private final Vertx vertx;
  private final String address;

  private BusRaftService(Vertx vertx, String address) {
    this.vertx = vertx;
    this.address = address;
  }

  /** Calls any node. */
  public static BusRaftService any(Vertx vertx) {
    return new BusRaftService(vertx, RaftApi.ADDRESS);
  }

  /** Calls a node by its id. */
  public static BusRaftService on(Vertx vertx, String node) {
    return new BusRaftService(vertx, RaftApi.ADDRESS + "." + node);
  }

  @Override
  public Future<GroupView> group() {
    return call("group", new JsonObject());
  }

  @Override
  public Future<GroupView> add(NodeSelector node) {
    return call("add-member", node.toJson());
  }

  @Override
  public Future<GroupView> remove(long id) {
    return call("remove-member", new JsonObject().put("id", PeerCodec.hex(id)));
  }

  @Override
  public Future<GroupView> replace(ReplaceMember change) {
    return call("replace-member", change.toJson());
  }

  @Override
  public Future<GroupView> transfer(Optional<Long> to) {
    JsonObject request = new JsonObject();
    to.ifPresent(id -> request.put("to", PeerCodec.hex(id)));
    return call("transfer", request);
  }

  private Future<GroupView> call(String action, JsonObject request) {
    DeliveryOptions options =
        new DeliveryOptions().addHeader("action", action).setSendTimeout(TIMEOUT_MS);
    return vertx
        .eventBus()
        .<JsonObject>request(address, request, options)
        .map(Message::body)
        .map(json -> GroupView.from(Fields.of(json)))
        .recover(cause -> Future.failedFuture(Failure.of(cause)));
  }
}
