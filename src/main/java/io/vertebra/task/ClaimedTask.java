package io.vertebra.task;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.TreeMap;

/**
 * A task that a worker has.
 *
 * @param headers words beside the payload
 * @param receipt by which the worker says what becomes of it
 */
public record ClaimedTask(
    Task task, JsonObject payload, Map<String, String> headers, String receipt) {

  public ClaimedTask {
    headers = Map.copyOf(headers);
  }

  JsonObject toJson() {
    return task.toJson()
        .put("payload", payload)
        .put("headers", new JsonObject(new TreeMap<>(headers)))
        .put("receipt", receipt);
  }

  static ClaimedTask from(JsonObject json) {
    Map<String, String> headers = new TreeMap<>();
    json.getJsonObject("headers")
        .forEach(each -> headers.put(each.getKey(), (String) each.getValue()));
    return new ClaimedTask(
        Task.from(json), json.getJsonObject("payload"), headers, json.getString("receipt"));
  }
}
