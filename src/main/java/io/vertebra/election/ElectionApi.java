package io.vertebra.election;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
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

/** The operations on elections: the one place that names them, their paths and their JSON. */
final class ElectionApi {
  static final String CONCERN = "election";
  static final String ADDRESS = "vertebra." + CONCERN;

  private static final String ELECTION = "/api/v1/elections/*name";

  private ElectionApi() {}

  static Api of(ElectionService elections) {
    return new Api(
        CONCERN,
        Api.Scope.CLUSTER,
        List.of(
            Operation.waiting(
                "campaign",
                PUT,
                ELECTION,
                "Becomes the leader, waiting if need be.",
                guarded(Campaign::from),
                (asked, gone) ->
                    elections.campaign(asked.value(), asked.guard(), gone).map(Elected::toJson)),
            Operation.of(
                "proclaim",
                POST,
                ELECTION,
                "Lets the leader's lease begin anew and tells observers a value.",
                guarded(Proclaim::from),
                asked -> elections.proclaim(asked.value(), asked.guard()).map(Elected::toJson)),
            Operation.of(
                "resign",
                DELETE,
                ELECTION,
                "Leads no more; no error if nobody leads.",
                guarded(Resign::from),
                asked ->
                    elections
                        .resign(asked.value(), asked.guard())
                        .map(
                            resigned ->
                                new JsonObject()
                                    .put("name", asked.value().name())
                                    .put("resigned", resigned))),
            Operation.of(
                "leader",
                GET,
                ELECTION,
                "Shows who leads, and the candidates in order.",
                ElectionApi::name,
                name -> elections.leader(name).map(ElectionState::toJson)),
            Operation.feed(
                "observe",
                "/api/v1/elections:observe",
                "Tells who leads, at once and each time it changes.",
                Observe::from,
                (asked, patience) -> elections.observe(asked.name(), asked.fromRevision()))));
  }

  private static String name(Fields fields) {
    String name = ElectionNames.read(fields).required();
    return fields.build(() -> name);
  }

  /** What is observed, and from where. */
  private record Observe(String name, long fromRevision) {
    static Observe from(Fields fields) {
      String name = ElectionNames.read(fields).required();
      long from =
          fields
              .longInteger("fromRevision", 0, Long.MAX_VALUE)
              .about("The first change wanted; 0 to be told the present leader first.")
              .orElse(0L);
      return fields.build(() -> new Observe(name, from));
    }
  }

  private static <T> Function<Fields, Guarded<T>> guarded(Function<Fields, T> reader) {
    return fields -> {
      Supplier<Guard> guard = Guard.of(fields);
      T value = reader.apply(fields);
      return new Guarded<>(value, guard.get());
    };
  }

  /** What a change is about, and what it is done under. */
  private record Guarded<T>(T value, Guard guard) {}
}
