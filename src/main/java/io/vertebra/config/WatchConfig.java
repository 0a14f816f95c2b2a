package io.vertebra.config;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Asks for the changes of a namespace, as its audience sees them.
 *
 * @param key the only one wanted; empty for all that begin with {@code prefix}
 * @param fromRevision the first revision wanted; 0 for what comes from now on
 */
public record WatchConfig(
    String namespace, Optional<String> key, String prefix, Audience audience, long fromRevision) {

  public WatchConfig {
    Names.requireWord("/namespace", namespace);
    if (key.isPresent() && !prefix.isEmpty()) {
      throw Failure.invalid("/prefix", "and key exclude each other");
    }
    Names.require(fromRevision >= 0, "/fromRevision", "must be at least 0");
  }

  /** All that comes from now on. */
  public static WatchConfig all(String namespace) {
    return new WatchConfig(namespace, Optional.empty(), "", Audience.NOBODY, 0);
  }

  public WatchConfig as(Audience other) {
    return new WatchConfig(namespace, key, prefix, other, fromRevision);
  }

  public WatchConfig from(long revision) {
    return new WatchConfig(namespace, key, prefix, audience, revision);
  }

  static WatchConfig from(Fields fields) {
    String namespace = Names.namespace(fields).required();
    Optional<String> key = Names.key(fields).optional();
    String prefix = prefix(fields);
    Audience audience = Audience.from(fields);
    long from =
        fields
            .longInteger("fromRevision", 0, Long.MAX_VALUE)
            .about("The first revision wanted; 0 for what comes from now on.")
            .orElse(0L);
    return fields.build(() -> new WatchConfig(namespace, key, prefix, audience, from));
  }

  static String prefix(Fields fields) {
    return fields
        .text("prefix", 0, Names.MAX_KEY)
        .about("What the keys wanted begin with.")
        .orElse("");
  }

  boolean wants(String name) {
    return key.map(name::equals).orElseGet(() -> name.startsWith(prefix));
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("namespace", namespace);
    key.ifPresent(name -> json.put("key", name));
    if (!prefix.isEmpty()) {
      json.put("prefix", prefix);
    }
    return audience.writeTo(json).put("fromRevision", fromRevision);
  }
}
