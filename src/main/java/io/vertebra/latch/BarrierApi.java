package io.vertebra.latch;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.PUT;

import io.vertebra.api.Api;
import io.vertebra.api.Operation;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** The operations on barriers: the one place that names them, their paths and their JSON. */
final class BarrierApi {
  static final String CONCERN = "barrier";
  static final String ADDRESS = "vertebra." + CONCERN;

  private static final String BARRIER = "/api/v1/barriers/*name";

  private BarrierApi() {}

  static Api of(BarrierService barriers) {
    return new Api(
        CONCERN,
        Api.Scope.CLUSTER,
        List.of(
            Operation.waiting(
                "arrive",
                PUT,
                BARRIER,
                "Waits at a barrier until all parties are there.",
                Guarded.fenced(Arrive::from),
                (asked, gone) ->
                    barriers.arrive(asked.value(), asked.guard(), gone).map(BarrierPhase::toJson)),
            Operation.of(
                "show",
                GET,
                BARRIER,
                "Shows the phase of a barrier, and how many are there.",
                Names::name,
                name -> barriers.show(name).map(BarrierState::toJson)),
            Operation.of(
                "remove",
                DELETE,
                BARRIER,
                "Removes a barrier.",
                Guarded.reading(Names::name),
                asked ->
                    barriers
                        .remove(asked.value(), asked.guard())
                        .map(
                            removed ->
                                new JsonObject()
                                    .put("name", asked.value())
                                    .put("removed", removed)))));
  }
}
