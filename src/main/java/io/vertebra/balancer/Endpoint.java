package io.vertebra.balancer;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;

/**
 * One instance of an upstream.
 *
 * @param host name or address, 1 to 253 characters without spaces; an IPv6 address without brackets
 * @param port 1 to 65535
 * @param weight share of the traffic relative to the others, 1 to 100; default 1
 * @param tier {@link Tier#WARM} ones serve only while too few hot ones are healthy; default hot
 * @param zone where it runs, for people and metrics; up to 100 characters, default empty
 * @param state what its operator wants; default up
 */
public record Endpoint(String host, int port, int weight, Tier tier, String zone, State state) {

  /** Who serves first. */
  public enum Tier {
    HOT,
    WARM
  }

  /** {@code DRAINING} finishes what it has and gets nothing new, {@code DOWN} gets nothing. */
  public enum State {
    UP,
    DRAINING,
    DOWN
  }

  public Endpoint {
    Rules.length("/host", host, 1, 253);
    Rules.require(isHost(host), "/host", HOST_RULE);
    Rules.range("/port", port, 1, 65_535);
    Rules.range("/weight", weight, 1, 100);
    Rules.length("/zone", zone, 0, 100);
  }

  private static final String HOST_RULE = "must be a host name or an address without brackets";

  /** A hot one of weight 1 that is up. */
  public static Endpoint of(String host, int port) {
    return new Endpoint(host, port, 1, Tier.HOT, "", State.UP);
  }

  public static Endpoint from(Fields fields) {
    String host =
        fields
            .text("host", 1, 253)
            .about("Name or address of the instance.")
            .matching(Endpoint::isHost, HOST_RULE)
            .required();
    int port = fields.integer("port", 1, 65_535).about("TCP port.").required();
    int weight =
        fields
            .integer("weight", 1, 100)
            .about("Share of the traffic relative to the other endpoints.")
            .orElse(1);
    Tier tier =
        fields
            .choice("tier", Tier.class)
            .about("Warm endpoints serve only while too few hot ones are healthy.")
            .orElse(Tier.HOT);
    String zone = fields.text("zone", 0, 100).about("Where it runs; shown, not used.").orElse("");
    State state =
        fields
            .choice("state", State.class)
            .about("Draining and down endpoints get no new requests.")
            .orElse(State.UP);
    return fields.build(() -> new Endpoint(host, port, weight, tier, zone, state));
  }

  /** Names the endpoint within its upstream: {@code host:port}. */
  public String id() {
    return host + ":" + port;
  }

  public Endpoint withState(State newState) {
    return new Endpoint(host, port, weight, tier, zone, newState);
  }

  public JsonObject toJson() {
    return new JsonObject()
        .put("host", host)
        .put("port", port)
        .put("weight", weight)
        .put("tier", Fields.word(tier))
        .put("zone", zone)
        .put("state", Fields.word(state));
  }

  private static boolean isHost(String host) {
    return host.chars()
        .allMatch(c -> c > ' ' && c < 0x7f && c != '/' && c != '[' && c != ']' && c != '@');
  }
}
