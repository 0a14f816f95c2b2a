package io.vertebra.balancer;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** Where requests go. Placeholder until the balancer is merged. */
public record Upstream(String name, List<Endpoint> endpoints) {

  public static Upstream from(Fields fields) {
    String name =
        fields
            .text("name", 1, 100)
            .matching(text -> text.matches("[A-Za-z0-9._-]+"), "must be letters, digits, . _ or -")
            .required();
    List<Endpoint> endpoints = fields.objects("endpoints", 1000, Endpoint::from).orElse(List.of());
    return fields.build(() -> new Upstream(name, endpoints));
  }

  public JsonObject toJson() {
    JsonArray list = new JsonArray();
    endpoints.forEach(endpoint -> list.add(endpoint.toJson()));
    return new JsonObject().put("name", name).put("endpoints", list);
  }
}
