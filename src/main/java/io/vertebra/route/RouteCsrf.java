package io.vertebra.route;

import io.vertebra.api.Fields;
import io.vertebra.http.CorsOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/**
 * Has requests that may change something, and those that open a WebSocket, refused if a page of
 * another origin had a browser send them.
 *
 * @param origins whose pages may send them all the same, at most 200; default none
 */
public record RouteCsrf(List<String> origins) {

  public RouteCsrf {
    origins = List.copyOf(origins);
  }

  static RouteCsrf from(Fields fields) {
    List<String> origins =
        fields
            .texts("origins", 200, 300)
            .matching(
                list -> list.stream().allMatch(CorsOptions::isOrigin),
                "must hold origins as https://app.example.com, in lower case")
            .about("Origins whose pages may send any request.")
            .orElse(List.of());
    return fields.build(() -> new RouteCsrf(origins));
  }

  JsonObject toJson() {
    return new JsonObject().put("origins", new JsonArray(new ArrayList<>(origins)));
  }
}
