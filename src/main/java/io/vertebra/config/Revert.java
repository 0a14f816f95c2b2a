package io.vertebra.config;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Asks to release again what held at a revision.
 *
 * @param key the one to go back; empty for the whole namespace
 */
public record Revert(String namespace, long revision, Optional<String> key, Terms terms) {

  public Revert {
    Names.requireWord("/namespace", namespace);
    key.ifPresent(name -> Names.requireKey("/key", name));
    Names.require(revision >= 0, "/revision", "must be at least 0");
  }

  static Revert from(Fields fields) {
    String namespace = Names.namespace(fields).required();
    long revision =
        fields
            .longInteger("revision", 0, Long.MAX_VALUE)
            .about("The revision to go back to.")
            .required();
    Optional<String> key = Names.key(fields).optional();
    Supplier<Terms> terms = Terms.reading(fields);
    return fields.build(() -> new Revert(namespace, revision, key, terms.get()));
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("namespace", namespace).put("revision", revision);
    key.ifPresent(name -> json.put("key", name));
    return terms.writeTo(json);
  }
}
