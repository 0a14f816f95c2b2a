package io.vertebra.registry;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A machine or process that services run on.
 *
 * @param name 1 to 200 characters
 * @param address where to reach what has no address of its own, at most 255 characters; empty for
 *     none
 * @param meta at most 64 entries, keys of at most 128 and values of at most 512 characters
 */
public record Node(String name, String address, Map<String, String> meta) {
  /**
   * The node of what is registered without one: it is on no node of the cluster's in particular, so
   * whichever of these dies, it stays.
   */
  public static final String SHARED = "vertebra";

  static final int MAX_ADDRESS = 255;
  static final int MAX_META = 64;
  static final int MAX_META_KEY = 128;
  static final int MAX_META_VALUE = 512;

  public Node {
    meta = Collections.unmodifiableMap(new TreeMap<>(meta));
    new Violations()
        .name(name, "/name")
        .text(address, "/address", MAX_ADDRESS)
        .meta(meta, "/meta")
        .throwIfAny();
  }

  /** A node of which no more than the name is known. */
  public static Node named(String name) {
    return new Node(name, "", Map.of());
  }

  static Node from(Fields fields) {
    String name = fields.text("name", 1, Violations.MAX_NAME).required();
    String address = fields.text("address", 0, MAX_ADDRESS).orElse("");
    Map<String, String> meta = fields.textMap("meta", MAX_META, MAX_META_VALUE).orElse(Map.of());
    return fields.build(() -> new Node(name, address, meta));
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("name", name)
        .put("address", address)
        .put("meta", new JsonObject(new TreeMap<>(meta)));
  }
}
