package io.vertebra.config;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.function.Supplier;

/** Asks for a schema that values must keep to. */
public record PutRule(String namespace, ValueRule rule, Terms terms) {

  public PutRule {
    Names.requireWord("/namespace", namespace);
  }

  static PutRule from(Fields fields) {
    String namespace = Names.namespace(fields).required();
    String name = Names.word(fields, "name").about("The name of the rule.").required();
    String keys =
        fields
            .text("keys", 1, Names.MAX_KEY)
            .about("A key, or several with * for any characters.")
            .required();
    JsonObject schema = fields.json("schema").about("The JSON Schema.").required();
    Supplier<Terms> terms = Terms.reading(fields);
    return fields.build(
        () -> new PutRule(namespace, new ValueRule(name, keys, schema), terms.get()));
  }

  JsonObject toJson() {
    return terms.writeTo(rule.toJson().put("namespace", namespace));
  }
}
