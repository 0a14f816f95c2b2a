package io.vertebra.bench;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Consumer;

/** Queues of Vertebra over HTTP; acknowledgements are on disk too, while the next are received. */
final class VertebraQueue implements QueueClient {
  private static final String PATH = "/api/v1/queues/" + QUEUE;

  private final JsonHttp http;

  VertebraQueue(Vertx vertx, int port, int clients) throws Exception {
    http = new JsonHttp(vertx, port, 4 * clients);
    JsonObject unused =
        http.ask(HttpMethod.PUT, PATH, new JsonObject())
            .compose(made -> http.ask(HttpMethod.DELETE, PATH + "/messages", new JsonObject()))
            .await(60, SECONDS);
  }

  @Override
  public Future<Void> send(int sender, String body) {
    return http.ask(HttpMethod.POST, PATH + "/messages", new JsonObject().put("body", body))
        .mapEmpty();
  }

  @Override
  public void receive(int receiver, Consumer<String> taken, Consumer<Throwable> failed) {
    next(Future.succeededFuture(), taken, failed);
  }

  private void next(Future<?> acked, Consumer<String> taken, Consumer<Throwable> failed) {
    JsonObject wanted = new JsonObject().put("max", BATCH).put("waitMs", 20_000);
    http.ask(HttpMethod.POST, PATH + "/receive", wanted)
        .map(answer -> take(answer, taken))
        .compose(acking -> acked.map(acking))
        .onSuccess(acking -> next(acking, taken, failed))
        .onFailure(failed::accept);
  }

  private Future<?> take(JsonObject answer, Consumer<String> taken) {
    List<JsonObject> messages =
        answer.getJsonArray("messages").stream().map(JsonObject.class::cast).toList();
    if (messages.isEmpty()) {
      return Future.succeededFuture();
    }
    messages.forEach(message -> taken.accept(message.getString("body")));
    JsonArray items = new JsonArray();
    messages.forEach(
        message -> items.add(new JsonObject().put("receipt", message.getString("receipt"))));
    return http.ask(HttpMethod.POST, PATH + "/ack", new JsonObject().put("items", items));
  }
}
