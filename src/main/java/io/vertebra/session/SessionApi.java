package io.vertebra.session;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.PATCH;
import static io.vertx.core.http.HttpMethod.POST;

import io.vertebra.api.Api;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertebra.kv.Guard;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The operations on sessions: the one place that names them, their paths and their JSON. {@code
 * /session} is the one whose id comes along, {@code /sessions} are those of everybody, by their
 * handles.
 */
final class SessionApi {
  static final String CONCERN = "session";
  static final String ADDRESS = "vertebra." + CONCERN;
  static final String EVENTS = ADDRESS + ".events";

  private static final String OWN = "/api/v1/session";
  private static final String SESSIONS = "/api/v1/sessions";

  private SessionApi() {}

  /** What a change is about, and what it is done under. */
  private record Guarded<T>(T value, Guard guard) {}

  static Api of(SessionService service) {
    return new Api(
        CONCERN,
        Api.Scope.CLUSTER,
        List.of(
            create(service),
            get(service),
            merge(service),
            remove(service),
            touch(service),
            rotate(service),
            invalidate(service),
            list(service),
            show(service),
            end(service),
            endAll(service)));
  }

  private static Operation<?> create(SessionService service) {
    return Operation.of(
        "create",
        POST,
        SESSIONS,
        "Begins a session, and tells its secret id.",
        guarded(CreateSession::from),
        request -> service.create(request.value(), request.guard()).map(OpenedSession::toJson));
  }

  private static Operation<?> get(SessionService service) {
    return Operation.of(
        "get",
        GET,
        OWN,
        "Shows a session, and touches it.",
        SessionApi::id,
        id -> service.get(id).map(Session::toJson));
  }

  private static Operation<?> merge(SessionService service) {
    return Operation.of(
        "merge",
        PATCH,
        OWN,
        "Sets and removes attributes, and leaves the others.",
        guarded(MergeSession::from),
        request -> service.merge(request.value(), request.guard()).map(ChangedSession::toJson));
  }

  private static Operation<?> remove(SessionService service) {
    return Operation.of(
        "remove",
        DELETE,
        OWN + "/attributes/*name",
        "Removes an attribute.",
        guarded(MergeSession::removal),
        request -> service.merge(request.value(), request.guard()).map(ChangedSession::toJson));
  }

  private static Operation<?> touch(SessionService service) {
    return Operation.of(
        "touch",
        POST,
        OWN + ":touch",
        "Begins the idle time of a session anew.",
        SessionApi::id,
        id -> service.touch(id).map(done -> named(id.handle())));
  }

  private static Operation<?> rotate(SessionService service) {
    return Operation.of(
        "rotate",
        POST,
        OWN + ":rotate",
        "Gives a session another id; the old one ends.",
        guarded(RotateSession::from),
        request -> service.rotate(request.value(), request.guard()).map(OpenedSession::toJson));
  }

  private static Operation<?> invalidate(SessionService service) {
    return Operation.of(
        "invalidate",
        DELETE,
        OWN,
        "Ends a session.",
        guarded(SessionApi::id),
        request ->
            service
                .invalidate(request.value(), request.guard())
                .map(done -> named(request.value().handle())));
  }

  private static Operation<?> list(SessionService service) {
    return Operation.of(
        "list",
        GET,
        SESSIONS,
        "Lists sessions by handle, without what they hold.",
        ListSessions::from,
        request -> service.list(request).map(SessionPage::toJson));
  }

  private static Operation<?> show(SessionService service) {
    return Operation.of(
        "show",
        GET,
        SESSIONS + "/:handle",
        "Shows a session by its handle, without what it holds; that is no touch.",
        SessionApi::handle,
        handle -> service.show(handle).map(SessionSummary::toJson));
  }

  private static Operation<?> end(SessionService service) {
    return Operation.of(
        "end",
        DELETE,
        SESSIONS + "/:handle",
        "Ends a session by its handle.",
        guarded(SessionApi::handle),
        request ->
            service.end(request.value(), request.guard()).map(done -> named(request.value())));
  }

  private static Operation<?> endAll(SessionService service) {
    return Operation.of(
        "end-all",
        POST,
        SESSIONS + ":end",
        "Ends all sessions of somebody.",
        SessionApi::fenced,
        request ->
            service
                .endAll(request.value(), request.guard())
                .map(ended -> new JsonObject().put("ended", ended)));
  }

  private static JsonObject named(String handle) {
    return new JsonObject().put("handle", handle);
  }

  private static SessionId id(Fields fields) {
    String id = SessionId.required(fields);
    return fields.build(() -> new SessionId(id));
  }

  private static String handle(Fields fields) {
    String handle = Handles.read(fields, "handle").required();
    return fields.build(() -> handle);
  }

  /** Takes no idempotency key, so that its answer is kept as a whole. */
  private static Guarded<EndSessions> fenced(Fields fields) {
    Supplier<Guard> guard = Guard.ofFence(fields);
    return new Guarded<>(EndSessions.from(fields), guard.get());
  }

  private static <T> Function<Fields, Guarded<T>> guarded(Function<Fields, T> reader) {
    return fields -> {
      Supplier<Guard> guard = Guard.of(fields);
      return new Guarded<>(reader.apply(fields), guard.get());
    };
  }
}
