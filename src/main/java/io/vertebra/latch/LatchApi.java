package io.vertebra.latch;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.POST;
import static io.vertx.core.http.HttpMethod.PUT;

import io.vertebra.api.Api;
import io.vertebra.api.Operation;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** The operations on latches: the one place that names them, their paths and their JSON. */
final class LatchApi {
  static final String CONCERN = "latch";
  static final String ADDRESS = "vertebra." + CONCERN;

  private static final String LATCH = "/api/v1/latches/*name";

  private LatchApi() {}

  static Api of(LatchService latches) {
    return new Api(
        CONCERN,
        Api.Scope.CLUSTER,
        List.of(
            Operation.of(
                "create",
                PUT,
                LATCH,
                "Makes a latch, if there is none.",
                Guarded.reading(CreateLatch::from),
                asked -> latches.create(asked.value(), asked.guard()).map(LatchState::toJson)),
            Operation.of(
                "count-down",
                POST,
                LATCH,
                "Counts a participant that is done, once.",
                Guarded.reading(CountDown::from),
                asked -> latches.countDown(asked.value(), asked.guard()).map(LatchState::toJson)),
            Operation.waiting(
                "await",
                GET,
                LATCH,
                "Shows a latch once it is open, or time is up.",
                AwaitLatch::from,
                (request, gone) -> latches.await(request, gone).map(LatchState::toJson)),
            Operation.of(
                "remove",
                DELETE,
                LATCH,
                "Removes a latch.",
                Guarded.reading(Names::name),
                asked ->
                    latches
                        .remove(asked.value(), asked.guard())
                        .map(
                            removed ->
                                new JsonObject()
                                    .put("name", asked.value())
                                    .put("removed", removed)))));
  }
}
