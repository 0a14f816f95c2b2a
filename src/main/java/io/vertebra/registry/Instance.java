package io.vertebra.registry;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * One place where a service is offered.
 *
 * @param node the node it runs on, 1 to 200 characters; {@link Node#SHARED} unless given
 * @param id unique on the node, 1 to 200 characters
 * @param service what it offers, 1 to 200 characters
 * @param tags at most 64, of 1 to 200 characters
 * @param address host name or IP address, at most 255 characters; empty for the node's
 * @param port 1 to 65,535, or 0 for none
 * @param meta as of {@link Node}; its entry {@value #ZONE} is the instance's zone
 * @param enableTagOverride whether tags may be changed from elsewhere; kept for who asks, no more
 */
public record Instance(
    String node,
    String id,
    String service,
    List<String> tags,
    String address,
    int port,
    Map<String, String> meta,
    Weights weights,
    boolean enableTagOverride) {
  /** The key in {@code meta} of the zone. */
  public static final String ZONE = "zone";

  static final int MAX_TAGS = 64;
  private static final int MAX_PORT = 65_535;

  public Instance {
    tags = tags.stream().distinct().toList();
    meta = Collections.unmodifiableMap(new TreeMap<>(meta));
    new Violations()
        .name(node, "/node")
        .name(id, "/id")
        .name(service, "/service")
        .texts(tags, "/tags", MAX_TAGS, Violations.MAX_NAME)
        .text(address, "/address", Node.MAX_ADDRESS)
        .check(port >= 0 && port <= MAX_PORT, "/port", "must be 0 to " + MAX_PORT)
        .meta(meta, "/meta")
        .throwIfAny();
  }

  /** An instance of {@code service} at an address, with nothing else told. */
  public static Instance of(String service, String id, String address, int port) {
    return new Instance(
        Node.SHARED, id, service, List.of(), address, port, Map.of(), Weights.DEFAULTS, false);
  }

  /** Where it is, as far as is known; empty for nowhere in particular. */
  public String zone() {
    return meta.getOrDefault(ZONE, "");
  }

  static Instance from(Fields fields) {
    return fields.build(reading(fields));
  }

  /** Reads it beside other fields, whose reader calls the result when it builds. */
  static Supplier<Instance> reading(Fields fields) {
    String node = fields.text("node", 1, Violations.MAX_NAME).orElse(Node.SHARED);
    String id = fields.text("id", 1, Violations.MAX_NAME).required();
    String service = fields.text("service", 1, Violations.MAX_NAME).required();
    List<String> tags = fields.texts("tags", MAX_TAGS, Violations.MAX_NAME).orElse(List.of());
    String address = fields.text("address", 0, Node.MAX_ADDRESS).orElse("");
    int port = fields.integer("port", 0, MAX_PORT).orElse(0);
    Map<String, String> meta =
        fields.textMap("meta", Node.MAX_META, Node.MAX_META_VALUE).orElse(Map.of());
    Weights weights = fields.object("weights", Weights::from).orElse(Weights.DEFAULTS);
    boolean override = fields.flag("enableTagOverride").orElse(false);
    return () -> new Instance(node, id, service, tags, address, port, meta, weights, override);
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("node", node)
        .put("id", id)
        .put("service", service)
        .put("tags", new JsonArray(tags))
        .put("address", address)
        .put("port", port)
        .put("meta", new JsonObject(new TreeMap<>(meta)))
        .put("weights", weights.toJson())
        .put("enableTagOverride", enableTagOverride);
  }
}
