package io.vertebra.idempotency;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.PATCH;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.vertebra.api.Api;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertebra.kv.Guard;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The operations on work that is done once: the one place that names them, their paths and their
 * JSON.
 */
final class IdempotencyApi {
  static final String CONCERN = "idempotency";
  static final String ADDRESS = "vertebra." + CONCERN;

  private static final String WORK = "/api/v1/idempotency/:scope/:key";

  private IdempotencyApi() {}

  /** What a change is about, and what it is done under. */
  private record Guarded<T>(T value, Guard guard) {}

  static Api of(IdempotencyService service) {
    return new Api(
        CONCERN,
        Api.Scope.CLUSTER,
        List.of(
            begin(service), status(service), complete(service), extend(service), abort(service)));
  }

  private static Operation<?> begin(IdempotencyService service) {
    return Operation.of(
        "begin",
        POST,
        WORK,
        "Begins work, unless it is done or under way.",
        guarded(BeginWork::from),
        request -> service.begin(request.value(), request.guard()).map(Standing::toJson));
  }

  private static Operation<?> status(IdempotencyService service) {
    return Operation.of(
        "status",
        GET,
        WORK,
        "Shows how work stands.",
        Subject::from,
        subject -> service.status(subject).map(Standing::toJson));
  }

  private static Operation<?> complete(IdempotencyService service) {
    return Operation.of(
        "complete",
        PUT,
        WORK,
        "Stores the answer to work, for whoever asks again.",
        guarded(CompleteWork::from),
        request ->
            service
                .complete(request.value(), request.guard())
                .map(done -> request.value().subject().toJson()));
  }

  private static Operation<?> extend(IdempotencyService service) {
    return Operation.of(
        "extend",
        PATCH,
        WORK,
        "Lets the lease of work under way begin anew.",
        Held::from,
        request ->
            service
                .extend(request)
                .map(left -> new JsonObject().put("expiresInMs", left.toMillis())));
  }

  private static Operation<?> abort(IdempotencyService service) {
    return Operation.of(
        "abort",
        DELETE,
        WORK,
        "Gives work up, so that somebody may begin anew.",
        guarded(Held::from),
        request ->
            service
                .abort(request.value(), request.guard())
                .map(aborted -> new JsonObject().put("aborted", aborted)));
  }

  private static <T> Function<Fields, Guarded<T>> guarded(Function<Fields, T> reader) {
    return fields -> {
      Supplier<Guard> guard = Guard.of(fields);
      return new Guarded<>(reader.apply(fields), guard.get());
    };
  }
}
