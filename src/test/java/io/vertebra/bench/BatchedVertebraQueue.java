package io.vertebra.bench;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;

/**
 * Queues of Vertebra over HTTP as a client would use them that has many senders and receivers: what
 * is to be sent or acknowledged while requests are under way goes together with the next one.
 * Nothing waits for company. Used on one event loop.
 */
final class BatchedVertebraQueue implements QueueClient {
  private static final String PATH = "/api/v1/queues/" + QUEUE;
  private static final int MOST = 100;
  private static final int REQUESTS = 2;

  private final JsonHttp http;
  private final Batches sends = new Batches("/batch", "messages");
  private final Batches acks = new Batches("/ack", "items");
  private int polls;

  BatchedVertebraQueue(Vertx vertx, int port) throws Exception {
    http = new JsonHttp(vertx, port, 3 * REQUESTS);
    JsonObject unused =
        http.ask(HttpMethod.PUT, PATH, new JsonObject())
            .compose(made -> http.ask(HttpMethod.DELETE, PATH + "/messages", new JsonObject()))
            .await(60, SECONDS);
  }

  private record Item(JsonObject json, Promise<Void> done) {}

  /** Items of one kind on their way. */
  private final class Batches {
    private final String path;
    private final String field;
    private final Deque<Item> waiting = new ArrayDeque<>();
    private int underWay;

    Batches(String path, String field) {
      this.path = path;
      this.field = field;
    }

    Future<Void> add(JsonObject json) {
      Promise<Void> done = Promise.promise();
      waiting.add(new Item(json, done));
      flush();
      return done.future();
    }

    private void flush() {
      while (underWay < REQUESTS && !waiting.isEmpty()) {
        List<Item> batch = new ArrayList<>();
        JsonArray array = new JsonArray();
        while (batch.size() < MOST && !waiting.isEmpty()) {
          Item item = waiting.remove();
          batch.add(item);
          array.add(item.json());
        }
        underWay++;
        http.ask(HttpMethod.POST, PATH + path, new JsonObject().put(field, array))
            .onComplete(
                ended -> {
                  underWay--;
                  flush();
                })
            .onSuccess(answer -> done(batch, answer.getJsonArray("items")))
            .onFailure(cause -> batch.forEach(item -> item.done().fail(cause)));
      }
    }

    private static void done(List<Item> batch, JsonArray answers) {
      for (int i = 0; i < batch.size(); i++) {
        JsonObject answer = answers.getJsonObject(i);
        if (answer.containsKey("code")) {
          batch.get(i).done().fail(answer.encode());
        } else {
          batch.get(i).done().complete();
        }
      }
    }
  }

  @Override
  public Future<Void> send(int sender, String body) {
    return sends.add(new JsonObject().put("body", body));
  }

  @Override
  public void receive(int receiver, Consumer<String> taken, Consumer<Throwable> failed) {
    if (polls < REQUESTS) {
      polls++;
      poll(taken, failed);
    }
  }

  private void poll(Consumer<String> taken, Consumer<Throwable> failed) {
    JsonObject wanted = new JsonObject().put("max", MOST).put("waitMs", 20_000);
    http.ask(HttpMethod.POST, PATH + "/receive", wanted)
        .onSuccess(
            answer -> {
              poll(taken, failed);
              answer.getJsonArray("messages").stream()
                  .map(JsonObject.class::cast)
                  .forEach(message -> take(message, taken, failed));
            })
        .onFailure(failed::accept);
  }

  private void take(JsonObject message, Consumer<String> taken, Consumer<Throwable> failed) {
    taken.accept(message.getString("body"));
    acks.add(new JsonObject().put("receipt", message.getString("receipt")))
        .onFailure(failed::accept);
  }
}
