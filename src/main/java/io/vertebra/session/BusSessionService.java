package io.vertebra.session;

import io.vertebra.kv.BusCallService;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/** The sessions of a cluster, called over the event bus. */
public final class BusSessionService implements SessionService {
  private final BusCallService bus;

  public BusSessionService(Vertx vertx) {
    this.bus = new BusCallService(vertx, SessionApi.ADDRESS);
  }

  @Override
  public Future<OpenedSession> create(CreateSession request, Guard guard) {
    return bus.call("create", request.toJson(), guard).map(OpenedSession::from);
  }

  @Override
  public Future<Session> get(SessionId id) {
    return bus.call("get", secret(id), Guard.NONE).map(Session::from);
  }

  @Override
  public Future<ChangedSession> merge(MergeSession request, Guard guard) {
    return bus.call("merge", request.toJson(), guard).map(ChangedSession::from);
  }

  @Override
  public Future<Void> touch(SessionId id) {
    return bus.call("touch", secret(id), Guard.NONE).mapEmpty();
  }

  @Override
  public Future<OpenedSession> rotate(RotateSession request, Guard guard) {
    return bus.call("rotate", request.toJson(), guard).map(OpenedSession::from);
  }

  @Override
  public Future<Void> invalidate(SessionId id, Guard guard) {
    return bus.call("invalidate", secret(id), guard).mapEmpty();
  }

  @Override
  public Future<SessionPage> list(ListSessions request) {
    return bus.call("list", request.toJson(), Guard.NONE).map(SessionPage::from);
  }

  @Override
  public Future<SessionSummary> show(String handle) {
    return bus.call("show", named(handle), Guard.NONE).map(SessionSummary::from);
  }

  @Override
  public Future<Void> end(String handle, Guard guard) {
    return bus.call("end", named(handle), guard).mapEmpty();
  }

  @Override
  public Future<Integer> endAll(EndSessions request, Guard guard) {
    return bus.call("end-all", request.toJson(), guard).map(json -> json.getInteger("ended"));
  }

  private static JsonObject secret(SessionId id) {
    return new JsonObject().put("sessionId", id.text());
  }

  private static JsonObject named(String handle) {
    return new JsonObject().put("handle", handle);
  }
}
