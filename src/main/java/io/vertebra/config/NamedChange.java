package io.vertebra.config;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.function.Supplier;

/** Asks to change something of a namespace that has a name: a gray release, a rule. */
public record NamedChange(String namespace, String name, Terms terms) {

  public NamedChange {
    Names.requireWord("/namespace", namespace);
    Names.requireWord("/name", name);
  }

  static NamedChange from(Fields fields) {
    String namespace = Names.namespace(fields).required();
    String name = Names.word(fields, "name").about("Its name.").required();
    Supplier<Terms> terms = Terms.reading(fields);
    return fields.build(() -> new NamedChange(namespace, name, terms.get()));
  }

  JsonObject toJson() {
    return terms.writeTo(new JsonObject().put("namespace", namespace).put("name", name));
  }
}
