package io.vertebra.config;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Supplier;

/**
 * Asks for a release to some, in place of the one of that name.
 *
 * @param order 0 to 1000, 100 unless given: of several that are for a caller the least counts
 * @param changes what they see instead of what all see; their {@code ifRevision} is that of the
 *     release to all. None to leave those there are and change the rule alone
 */
public record PutGray(
    String namespace, String name, int order, GrayRule rule, List<Change> changes, Terms terms) {

  public PutGray {
    Names.requireWord("/namespace", namespace);
    Names.requireWord("/name", name);
    Names.require(order >= 0 && order <= Gray.MAX_ORDER, "/order", "must be 0 to 1000");
    changes = List.copyOf(changes);
    boolean fits = changes.size() <= Change.MAX && Change.differ(changes);
    Names.require(fits, "/changes", "must have each key once");
  }

  static PutGray from(Fields fields) {
    String namespace = Names.namespace(fields).required();
    String name = Names.word(fields, "name").about("The release to some.").required();
    int order =
        fields
            .integer("order", 0, Gray.MAX_ORDER)
            .about("Of several that are for a caller the least counts.")
            .orElse(100);
    GrayRule rule = fields.object("rule", GrayRule::from).about("For whom it is.").required();
    List<Change> changes =
        fields
            .objects("changes", Change.MAX, Change::from)
            .about("What they see; none to change the rule alone.")
            .orElse(List.of());
    Supplier<Terms> terms = Terms.reading(fields);
    return fields.build(() -> new PutGray(namespace, name, order, rule, changes, terms.get()));
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("namespace", namespace)
            .put("name", name)
            .put("order", order)
            .put("rule", rule.toJson())
            .put("changes", Change.toJson(changes));
    return terms.writeTo(json);
  }
}
