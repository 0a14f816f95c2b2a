package io.vertebra.balancer;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/**
 * How endpoints are chosen.
 *
 * @param policy default weighted round robin
 * @param hashOn the key of the hashing policies; default the client's address
 * @param loadFactor for bounded load: how far above its fair share an endpoint may go, 1.05 to 10;
 *     default 1.25
 * @param slowStart how long a newly available endpoint takes to reach its weight, 0 (at once, the
 *     default) to 1 h. The hashing policies keep their keys and ignore it
 * @param minHealthyHot share of the hot endpoints, 0 to 1, below which warm ones join; default 0.5.
 *     With 0 they join only when no hot one is left
 * @param stickyCookie ties clients to endpoints; default none
 */
public record Balancing(
    Policy policy,
    HashOn hashOn,
    double loadFactor,
    Duration slowStart,
    double minHealthyHot,
    Optional<CookieOptions> stickyCookie) {

  /** The ways to choose; {@code docs} of each are at the class that does it. */
  public enum Policy {
    ROUND_ROBIN,
    WEIGHTED_ROUND_ROBIN,
    LEAST_CONNECTIONS,
    P2C_EWMA,
    RING_HASH,
    MAGLEV,
    RENDEZVOUS,
    BOUNDED_LOAD,
    RANDOM;

    /** Whether the choice depends on the request's key. */
    public boolean hashes() {
      return switch (this) {
        case RING_HASH, MAGLEV, RENDEZVOUS, BOUNDED_LOAD -> true;
        case ROUND_ROBIN, WEIGHTED_ROUND_ROBIN, LEAST_CONNECTIONS, P2C_EWMA, RANDOM -> false;
      };
    }
  }

  static final Balancing DEFAULT = of(Policy.WEIGHTED_ROUND_ROBIN);

  public Balancing {
    Rules.range("/loadFactor", loadFactor, 1.05, 10);
    Rules.millis("/slowStartMs", slowStart, 0, 3_600_000);
    Rules.range("/minHealthyHot", minHealthyHot, 0, 1);
  }

  /** The policy with all else at its default. */
  public static Balancing of(Policy policy) {
    return new Balancing(policy, HashOn.DEFAULT, 1.25, Duration.ZERO, 0.5, Optional.empty());
  }

  public static Balancing from(Fields fields) {
    Policy policy =
        fields
            .choice("policy", Policy.class)
            .about("How endpoints are chosen.")
            .orElse(DEFAULT.policy);
    HashOn hashOn = fields.section("hashOn", HashOn::from);
    double loadFactor =
        fields
            .number("loadFactor", 1.05, 10)
            .about("Bounded load: how far above its fair share an endpoint may go.")
            .orElse(DEFAULT.loadFactor);
    Duration slowStart =
        fields
            .millis("slowStartMs", 0, 3_600_000)
            .about("How long a newly available endpoint takes to reach its weight.")
            .orElse(DEFAULT.slowStart);
    double minHealthyHot =
        fields
            .number("minHealthyHot", 0, 1)
            .about("Share of healthy hot endpoints below which warm ones join.")
            .orElse(DEFAULT.minHealthyHot);
    Optional<CookieOptions> cookie =
        fields
            .object("stickyCookie", CookieOptions::from)
            .about("Ties each client to one endpoint.")
            .optional();
    return fields.build(
        () -> new Balancing(policy, hashOn, loadFactor, slowStart, minHealthyHot, cookie));
  }

  public JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("policy", Fields.word(policy))
            .put("hashOn", hashOn.toJson())
            .put("loadFactor", loadFactor)
            .put("slowStartMs", slowStart.toMillis())
            .put("minHealthyHot", minHealthyHot);
    stickyCookie.ifPresent(cookie -> json.put("stickyCookie", cookie.toJson()));
    return json;
  }
}
