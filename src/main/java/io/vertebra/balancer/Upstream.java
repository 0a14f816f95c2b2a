package io.vertebra.balancer;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Violation;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A service the gateway forwards to, as its operator defines it.
 *
 * @param name 1 to 100 letters, digits, dots, underscores and hyphens
 * @param endpoints its instances, at most 1000, each {@code host:port} once; may be empty
 * @param service whose instances take the place of {@code endpoints} once they are known
 */
public record Upstream(
    String name,
    List<Endpoint> endpoints,
    FollowedService service,
    Balancing balancing,
    ActiveCheck activeCheck,
    Ejection ejection,
    Breaker breaker,
    Connection connection,
    Timeouts timeouts,
    Retry retry,
    Hedge hedge) {
  private static final int MAX_ENDPOINTS = 1000;
  private static final Predicate<String> NAME =
      Pattern.compile("[A-Za-z0-9._-]{1,100}").asMatchPredicate();
  private static final String NAME_RULE = "must be 1 to 100 of A-Z a-z 0-9 . _ -";

  public Upstream {
    endpoints = List.copyOf(endpoints);
    Rules.require(NAME.test(name), "/name", NAME_RULE);
    Rules.require(
        endpoints.size() <= MAX_ENDPOINTS,
        "/endpoints",
        "must have at most " + MAX_ENDPOINTS + " items");
    requireDistinct(endpoints);
  }

  /** An upstream with every option at its default. */
  public static Upstream of(String name, List<Endpoint> endpoints) {
    return new Upstream(
        name,
        endpoints,
        FollowedService.NONE,
        Balancing.DEFAULT,
        ActiveCheck.DEFAULT,
        Ejection.DEFAULT,
        Breaker.DEFAULT,
        Connection.DEFAULT,
        Timeouts.DEFAULT,
        Retry.DEFAULT,
        Hedge.DEFAULT);
  }

  public static Upstream from(Fields fields) {
    String name =
        fields
            .text("name", 1, 100)
            .about("Name of the upstream.")
            .matching(NAME, NAME_RULE)
            .required();
    List<Endpoint> endpoints =
        fields
            .objects("endpoints", MAX_ENDPOINTS, Endpoint::from)
            .about("Its instances.")
            .orElse(List.of());
    FollowedService service = fields.section("service", FollowedService::from);
    Balancing balancing = fields.section("balancing", Balancing::from);
    ActiveCheck activeCheck = fields.section("activeCheck", ActiveCheck::from);
    Ejection ejection = fields.section("ejection", Ejection::from);
    Breaker breaker = fields.section("breaker", Breaker::from);
    Connection connection = fields.section("connection", Connection::from);
    Timeouts timeouts = fields.section("timeouts", Timeouts::from);
    Retry retry = fields.section("retry", Retry::from);
    Hedge hedge = fields.section("hedge", Hedge::from);
    return fields.build(
        () ->
            new Upstream(
                name,
                endpoints,
                service,
                balancing,
                activeCheck,
                ejection,
                breaker,
                connection,
                timeouts,
                retry,
                hedge));
  }

  public Upstream withEndpoints(List<Endpoint> newEndpoints) {
    return new Upstream(
        name,
        newEndpoints,
        service,
        balancing,
        activeCheck,
        ejection,
        breaker,
        connection,
        timeouts,
        retry,
        hedge);
  }

  public JsonObject toJson() {
    return new JsonObject()
        .put("name", name)
        .put("endpoints", new JsonArray(endpoints.stream().map(Endpoint::toJson).toList()))
        .put("service", service.toJson())
        .put("balancing", balancing.toJson())
        .put("activeCheck", activeCheck.toJson())
        .put("ejection", ejection.toJson())
        .put("breaker", breaker.toJson())
        .put("connection", connection.toJson())
        .put("timeouts", timeouts.toJson())
        .put("retry", retry.toJson())
        .put("hedge", hedge.toJson());
  }

  private static void requireDistinct(List<Endpoint> endpoints) {
    Set<String> seen = new HashSet<>();
    List<Violation> repeated = new ArrayList<>();
    for (int i = 0; i < endpoints.size(); i++) {
      String id = endpoints.get(i).id();
      if (!seen.add(id)) {
        repeated.add(new Violation("/endpoints/" + i, "repeats " + id));
      }
    }
    if (!repeated.isEmpty()) {
      throw Failure.invalid(repeated);
    }
  }
}
