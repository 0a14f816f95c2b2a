package io.vertebra.registry;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Feed;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The paths over HTTP; what lies behind them is in the contract of the service. */
final class RegistryApiTest {
  private final RegistryRig rig = new RegistryRig();
  private final HttpClient client = rig.vertx.createHttpClient();

  /** A store of which nothing is known but what the test says. */
  private static final class QuietStore implements RegistryStore {
    private Promise<Long> index = Promise.promise();

    void answer(long now) {
      Promise<Long> asked = index;
      index = Promise.promise();
      asked.complete(now);
    }

    @Override
    public <T> Future<Indexed<T>> read(Question<T> question, Reading reading) {
      return index.future().map(now -> new Indexed<>(now, question.ask(new Catalog()).value()));
    }

    @Override
    public <T> T look(Function<Catalog, T> question) {
      return question.apply(new Catalog());
    }

    @Override
    public Future<Void> sync() {
      return Future.succeededFuture();
    }

    @Override
    public Future<TxnResult> change(Txn txn) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Optional<KvEntry>> entry(Bytes key) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<Void> keepAlive(long lease) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean leads() {
      return false;
    }

    @Override
    public void watch(Consumer<Set<Topic>> listener) {
      // nothing changes
    }
  }

  private record Answer(int status, String etag, Buffer body) {
    JsonObject json() {
      return body.toJsonObject();
    }
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void registersFindsAndRemovesAnInstance() {
    JsonObject body =
        new JsonObject()
            .put("address", "127.0.0.1")
            .put("port", 9000)
            .put("tags", new JsonArray().add("v1"))
            .put("meta", new JsonObject().put("zone", "a"))
            .put(
                "checks",
                new JsonArray()
                    .add(
                        new JsonObject().put("id", "ttl").put("type", "ttl").put("ttlMs", 15_000)));

    Answer put = call(HttpMethod.PUT, "/api/v1/services/orders/instances/o1", body);
    assertThat(put.status()).isEqualTo(200);
    assertThat(put.json().getBoolean("changed")).isTrue();
    assertThat(items("/api/v1/services/orders?passing=true")).isEmpty();

    call(HttpMethod.PUT, "/api/v1/services/orders/instances/o1/heartbeat", new JsonObject());

    assertThat(items("/api/v1/services/orders?passing=true&tag=v1&zone=a&meta=zone%3Da"))
        .hasSize(1);
    Answer one = get("/api/v1/services/orders/instances/o1");
    assertThat(one.json().getString("status")).isEqualTo("passing");
    assertThat(one.json().getJsonArray("checks").getJsonObject(0).getString("id"))
        .isEqualTo("o1:ttl");
    assertThat(items("/api/v1/services").getJsonObject(0))
        .isEqualTo(
            new JsonObject()
                .put("name", "orders")
                .put("tags", new JsonArray().add("v1"))
                .put("instances", 1)
                .put("passing", 1));

    assertThat(call(HttpMethod.DELETE, "/api/v1/services/users/instances/o1", null).status())
        .isEqualTo(404);
    assertThat(call(HttpMethod.DELETE, "/api/v1/services/orders/instances/o1", null).status())
        .isEqualTo(200);
    assertThat(items("/api/v1/services/orders")).isEmpty();
  }

  @Test
  void tellsEverythingWrongWithAnInstance() {
    JsonObject body =
        new JsonObject().put("port", 70_000).put("weights", new JsonObject().put("passing", 0));
    Answer refused = call(HttpMethod.PUT, "/api/v1/services/orders/instances/o1", body);
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.json().getString("detail")).contains("/port", "/weights/passing");
  }

  @Test
  void takesAnInstanceOutOfUse() {
    put("o1");
    String path = "/api/v1/services/orders/instances/o1/maintenance";
    call(HttpMethod.PUT, path, new JsonObject().put("reason", "disk"));
    assertThat(items("/api/v1/services/orders?passing=true")).isEmpty();
    call(HttpMethod.PUT, path, new JsonObject().put("enabled", false));
    assertThat(items("/api/v1/services/orders?passing=true")).hasSize(1);
  }

  @Test
  void waitsForNews() {
    long revision = put("o1").json().getLong("revision");
    Future<Answer> waiting =
        send(
            HttpMethod.GET, "/api/v1/services/orders?waitMs=10000&ifNotRevision=" + revision, null);
    eventually(() -> assertThat(waiting()).isEqualTo(1));
    put("o2");
    assertThat(await(waiting).json().getJsonArray("items")).hasSize(2);
  }

  @Test
  void followsAServiceBatchByBatch() {
    long revision = put("o1").json().getLong("revision");
    JsonObject first = get("/api/v1/services/orders/watch?waitMs=1000").json();
    assertThat(first.getLong("revision")).isEqualTo(revision);
    assertThat(first.getJsonArray("items")).hasSize(1);
    long from = revision + 1;
    assertThat(get("/api/v1/services/orders/watch?waitMs=10&fromRevision=" + from).json())
        .isEqualTo(new JsonObject().put("revision", revision));
    put("o2");
    assertThat(
            get("/api/v1/services/orders/watch?waitMs=1000&fromRevision=" + from)
                .json()
                .getJsonArray("items"))
        .hasSize(2);
  }

  @Test
  void followsAServiceOfWhichNothingIsKnownUntilTheFollowerLeaves() {
    StringBuffer told = new StringBuffer();
    HttpClientResponse stream =
        await(
            client
                .request(HttpMethod.GET, rig.port, "127.0.0.1", "/api/v1/services/orders/watch")
                .compose(request -> request.putHeader("accept", "text/event-stream").send())
                .onSuccess(response -> response.handler(piece -> told.append(piece.toString()))));
    eventually(() -> assertThat(told.toString()).contains("id: 1\n"));
    eventually(() -> assertThat(waiting()).isEqualTo(1));
    put("o1");
    eventually(() -> assertThat(told.toString()).contains("127.0.0.1"));
    await(stream.request().connection().close());
    eventually(() -> assertThat(waiting()).isZero());
  }

  @Test
  void tellsOfAChangeAfterAnySilence() {
    QuietStore quiet = new QuietStore();
    Feed feed = opened(new RegistryWatchApi(rig.serviceOn(quiet)).watch("/watch"));
    Future<JsonObject> first = feed.next();
    quiet.answer(1);
    assertThat(await(first).getLong("revision")).isEqualTo(1);
    Future<JsonObject> news = feed.next();
    for (int i = 0; i < 50_000; i++) {
      quiet.answer(1);
    }
    assertThat(news.isComplete()).isFalse();
    quiet.answer(7);
    assertThat(await(news).getLong("revision")).isEqualTo(7);
  }

  private static <Q> Feed opened(Operation<Q> operation) {
    Q request = operation.reader().apply(Fields.of(new JsonObject().put("service", "orders")));
    return await(operation.feed().orElseThrow().opener().apply(request));
  }

  @Test
  void givesPrometheusItsTargets() {
    put("o1");
    for (String path : new String[] {"/api/v1/services:http-sd", "/prometheus/sd"}) {
      JsonArray targets = get(path + "?service=orders").body().toJsonArray();
      assertThat(targets).hasSize(1);
      assertThat(targets.getJsonObject(0).getJsonArray("targets"))
          .isEqualTo(new JsonArray().add("127.0.0.1:9000"));
      assertThat(
              targets.getJsonObject(0).getJsonObject("labels").getString("__meta_vertebra_service"))
          .isEqualTo("orders");
      assertThat(get(path + "?service=orders&tag=no").body().toJsonArray()).isEmpty();
      assertThat(get(path).status()).isEqualTo(400);
    }
  }

  private double waiting() {
    return rig.meters.get("vertebra.registry.waiting").gauge().value();
  }

  private Answer put(String id) {
    JsonObject body = new JsonObject().put("address", "127.0.0.1").put("port", 9000);
    return call(HttpMethod.PUT, "/api/v1/services/orders/instances/" + id, body);
  }

  private JsonArray items(String path) {
    return get(path).json().getJsonArray("items");
  }

  private Answer get(String path) {
    return call(HttpMethod.GET, path, null);
  }

  private Answer call(HttpMethod method, String path, JsonObject body) {
    return await(send(method, path, body));
  }

  private Future<Answer> send(HttpMethod method, String path, JsonObject body) {
    return client
        .request(method, rig.port, "127.0.0.1", path)
        .compose(request -> sent(request, body).compose(RegistryApiTest::answer));
  }

  private static Future<HttpClientResponse> sent(HttpClientRequest request, JsonObject body) {
    return body == null
        ? request.send()
        : request.putHeader("content-type", "application/json").send(body.toBuffer());
  }

  private static Future<Answer> answer(HttpClientResponse response) {
    return response
        .body()
        .map(
            body ->
                new Answer(
                    response.statusCode(), String.valueOf(response.getHeader("etag")), body));
  }
}
