package io.vertebra.ids;

import io.vertebra.api.Api;
import io.vertebra.api.Operation;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** The operation on ids: the one place that names it, its path and its JSON. */
final class IdApi {
  static final String CONCERN = "ids";
  static final String ADDRESS = "vertebra." + CONCERN;

  private IdApi() {}

  static Api of(IdService service) {
    Operation<?> take =
        Operation.of(
            "take",
            HttpMethod.POST,
            "/api/v1/ids",
            "Takes unique ids in the order of time.",
            TakeIds::from,
            request -> service.take(request.count()).map(IdApi::json));
    return new Api(CONCERN, Api.Scope.CLUSTER, List.of(take));
  }

  /** As numbers, and as text for those whose numbers have 53 bits. */
  private static JsonObject json(List<Long> ids) {
    JsonArray items = new JsonArray();
    ids.forEach(id -> items.add(new JsonObject().put("id", id).put("text", Long.toString(id))));
    return new JsonObject().put("items", items);
  }

  static List<Long> ids(JsonObject json) {
    return json.getJsonArray("items").stream()
        .map(item -> ((JsonObject) item).getLong("id"))
        .toList();
  }
}
