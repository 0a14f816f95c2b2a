package io.vertebra.config;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Asks to change keys of a namespace, all of them at one revision or none. */
public record Release(String namespace, List<Change> changes, Terms terms) {

  public Release {
    Names.requireWord("/namespace", namespace);
    changes = List.copyOf(changes);
    boolean fits = !changes.isEmpty() && changes.size() <= Change.MAX;
    Names.require(fits, "/changes", "must have 1 to " + Change.MAX + " items");
    Names.require(Change.differ(changes), "/changes", "must have each key once");
  }

  static Release from(Fields fields) {
    String namespace = Names.namespace(fields).required();
    List<Change> changes = Change.list(fields);
    Supplier<Terms> terms = Terms.reading(fields);
    return fields.build(() -> new Release(namespace, changes, terms.get()));
  }

  /** That of one key, whose revision the terms are about. */
  static Release ofPut(Fields fields) {
    Function<String, Optional<Content>> content = Content.reading(fields);
    return ofOne(
        fields,
        key ->
            Optional.of(
                content
                    .apply(key)
                    .orElseThrow(() -> Failure.invalid("/value", "is missing, as is text"))));
  }

  static Release ofDelete(Fields fields) {
    return ofOne(fields, key -> Optional.empty());
  }

  private static Release ofOne(Fields fields, Function<String, Optional<Content>> content) {
    String namespace = Names.namespace(fields).required();
    String key = Names.key(fields).required();
    Supplier<Terms> reading = Terms.reading(fields);
    return fields.build(
        () -> {
          Terms terms = reading.get();
          Change change = new Change(key, content.apply(key), terms.ifRevision());
          return new Release(namespace, List.of(change), terms.anywhere());
        });
  }

  JsonObject toJson() {
    return terms.writeTo(
        new JsonObject().put("namespace", namespace).put("changes", Change.toJson(changes)));
  }
}
