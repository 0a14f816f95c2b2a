package io.vertebra.consul;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.UUID;
import java.util.function.Predicate;

/** {@code /v1/session}. */
final class SessionEndpoints {
  private static final String PATH = "/v1/session/";

  private final Sessions sessions;
  private final SessionChecks checks;
  private final BlockingQueries queries;
  private final String node;

  /**
   * @param node of sessions that name none
   */
  SessionEndpoints(Sessions sessions, SessionChecks checks, BlockingQueries queries, String node) {
    this.sessions = sessions;
    this.checks = checks;
    this.queries = queries;
    this.node = node;
  }

  void offer(Paths paths) {
    paths.put(PATH + "create", this::create);
    paths.put(PATH + "destroy/", this::destroy);
    paths.put(PATH + "renew/", this::renew);
    paths.get(PATH + "info/", this::info);
    paths.get(PATH + "node/", this::ofNode);
    paths.get(PATH + "list", this::list);
  }

  private Future<Reply> create(Asked asked) {
    Session session = Session.from(asked.json(), UUID.randomUUID().toString(), node);
    return checks
        .require(session)
        .compose(sound -> sessions.create(session, asked.guard()))
        .map(created -> Reply.json(new JsonObject().put("ID", created.id())));
  }

  private Future<Reply> destroy(Asked asked) {
    return sessions.destroy(asked.name("session"), asked.guard()).map(done -> Reply.json(true));
  }

  private Future<Reply> renew(Asked asked) {
    String id = asked.name("session");
    return sessions
        .renew(id)
        .map(
            session ->
                session
                    .map(found -> Reply.json(new JsonArray().add(found.toJson())))
                    .orElseThrow(
                        () -> ConsulException.notFound("Session id '" + id + "' not found")));
  }

  private Future<Reply> info(Asked asked) {
    String id = asked.name("session");
    KeyRange range = KeyRange.one(Marks.Kind.SESSION.of(id));
    return queries
        .answer(asked, range, () -> sessions.find(id))
        .map(found -> reply(found, found.value().stream().toList()));
  }

  private Future<Reply> ofNode(Asked asked) {
    String name = asked.name("node name");
    return list(
        asked, Marks.Kind.SESSIONS_OF_NODE.of(name), session -> session.node().equals(name));
  }

  private Future<Reply> list(Asked asked) {
    return list(asked, Marks.Kind.SESSIONS.of(""), session -> true);
  }

  private Future<Reply> list(Asked asked, Bytes mark, Predicate<Session> wanted) {
    return queries
        .answer(asked, KeyRange.one(mark), () -> sessions.list(mark, wanted))
        .map(found -> reply(found, found.value()));
  }

  private static Reply reply(Found<?> found, Collection<Session> sessions) {
    JsonArray array = new JsonArray(sessions.stream().map(Session::toJson).toList());
    return Reply.json(array).at(found.index());
  }
}
