package io.vertebra.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What etcd has for it, through its JSON gateway: a read, and a transaction that writes if the key
 * is as it was and else reads again, so that another attempt costs one more request. Nothing else
 * adds there.
 */
final class EtcdCounters implements CounterClient {
  private final JsonHttp http;

  EtcdCounters(Vertx vertx, int port, int clients) {
    http = new JsonHttp(vertx, port, clients);
  }

  @Override
  public Future<Void> add(int client, String name) {
    String key = base64(name);
    return http.ask(HttpMethod.POST, "/v3/kv/range", new JsonObject().put("key", key))
        .compose(found -> attempt(key, found));
  }

  private Future<Void> attempt(String key, JsonObject found) {
    JsonArray present = found.getJsonArray("kvs", new JsonArray());
    JsonObject entry = present.isEmpty() ? new JsonObject() : present.getJsonObject(0);
    return http.ask(HttpMethod.POST, "/v3/kv/txn", txn(key, entry))
        .compose(
            answer ->
                answer.getBoolean("succeeded", false)
                    ? Future.succeededFuture()
                    : attempt(
                        key,
                        answer
                            .getJsonArray("responses")
                            .getJsonObject(0)
                            .getJsonObject("response_range")));
  }

  private static JsonObject txn(String key, JsonObject entry) {
    long value = entry.isEmpty() ? 0 : Long.parseLong(text(entry.getString("value")));
    JsonObject unchanged =
        new JsonObject()
            .put("key", key)
            .put("target", "MOD")
            .put("result", "EQUAL")
            .put("mod_revision", entry.getString("mod_revision", "0"));
    JsonObject put =
        new JsonObject().put("key", key).put("value", base64(Long.toString(value + 1)));
    JsonObject range = new JsonObject().put("key", key);
    return new JsonObject()
        .put("compare", new JsonArray().add(unchanged))
        .put("success", new JsonArray().add(new JsonObject().put("request_put", put)))
        .put("failure", new JsonArray().add(new JsonObject().put("request_range", range)));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }
}
