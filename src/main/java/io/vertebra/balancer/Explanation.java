package io.vertebra.balancer;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells a person why an endpoint would be picked, and why the others would not. */
final class Explanation {
  private Explanation() {}

  static JsonObject of(
      Upstream definition,
      List<LiveEndpoint> endpoints,
      View view,
      Picker picker,
      long hash,
      Fleet fleet) {
    long now = fleet.now();
    @Nullable LiveEndpoint choice = view.size() == 0 ? null : picker.peek(view, hash, now);
    boolean panic = view.size() > 0 && view.panic();
    return new JsonObject()
        .put("upstream", definition.name())
        .put("policy", Fields.word(definition.balancing().policy()))
        .put("hash", Long.toHexString(hash))
        .put("endpoint", choice == null ? null : choice.id())
        .put("reason", reason(view, choice, definition.balancing().policy()))
        .put("panic", panic)
        .put("candidates", candidates(view))
        .put("excluded", excluded(definition, endpoints, fleet, now));
  }

  private static String reason(View view, @Nullable LiveEndpoint choice, Balancing.Policy policy) {
    if (view.size() == 0) {
      return "no endpoint is up";
    }
    if (choice == null) {
      return "chance decides among the candidates";
    }
    String why =
        switch (policy) {
          case ROUND_ROBIN, WEIGHTED_ROUND_ROBIN -> "it is next in turn";
          case LEAST_CONNECTIONS -> "it has the least in flight for its weight";
          case P2C_EWMA, RANDOM -> "it is the only candidate";
          case RING_HASH, MAGLEV, RENDEZVOUS -> "it is first in line for the hash";
          case BOUNDED_LOAD -> "it is first in line for the hash with room left";
        };
    return view.panic() ? why + "; all are excluded, so all that are up are candidates" : why;
  }

  private static JsonArray candidates(View view) {
    JsonArray candidates = new JsonArray();
    for (int position = 0; position < view.size(); position++) {
      LiveEndpoint endpoint = view.member(position);
      candidates.add(
          new JsonObject()
              .put("id", endpoint.id())
              .put("tier", Fields.word(endpoint.endpoint().tier()))
              .put("weight", view.weight(position) / (double) View.WEIGHT_UNIT)
              .put("inFlight", endpoint.inFlight())
              .put("ewmaMs", endpoint.ewmaMillis()));
    }
    return candidates;
  }

  private static JsonArray excluded(
      Upstream definition, List<LiveEndpoint> endpoints, Fleet fleet, long now) {
    @Nullable View.Exclusion[] exclusions = View.exclusions(definition, endpoints, now);
    JsonArray excluded = new JsonArray();
    for (int i = 0; i < exclusions.length; i++) {
      View.Exclusion exclusion = exclusions[i];
      if (exclusion != null) {
        LiveEndpoint endpoint = endpoints.get(i);
        excluded.add(
            new JsonObject()
                .put("id", endpoint.id())
                .put("reason", reason(exclusion, definition.endpoints().get(i), endpoint, fleet)));
      }
    }
    return excluded;
  }

  private static String reason(
      View.Exclusion exclusion, Endpoint defined, LiveEndpoint endpoint, Fleet fleet) {
    return switch (exclusion) {
      case STATE -> "its state is " + Fields.word(defined.state());
      case UNHEALTHY -> "it fails its check: " + endpoint.checkDetail();
      case EJECTED -> "it is ejected until " + fleet.instantOf(endpoint.ejectedUntil());
      case BREAKER -> breakerReason(endpoint, fleet);
      case WARM -> "it is warm and enough hot ones are healthy";
    };
  }

  private static String breakerReason(LiveEndpoint endpoint, Fleet fleet) {
    return endpoint.breakerState(fleet.now()) == CircuitBreaker.State.OPEN
        ? "its breaker is open until " + fleet.instantOf(endpoint.breakerOpenUntil())
        : "its breaker is half open and its trials are running";
  }
}
