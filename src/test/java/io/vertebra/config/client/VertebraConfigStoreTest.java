package io.vertebra.config.client;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.config.BusConfigService;
import io.vertebra.config.Change;
import io.vertebra.config.ConfigRig;
import io.vertebra.config.Release;
import io.vertebra.config.Terms;
import io.vertx.config.ConfigRetriever;
import io.vertx.config.ConfigRetrieverOptions;
import io.vertx.config.ConfigStoreOptions;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An application that reads its configuration with Vert.x. */
final class VertebraConfigStoreTest {
  private final ConfigRig rig = new ConfigRig();
  private final BusConfigService configuration = BusConfigService.any(rig.vertx);

  @BeforeEach
  void release() {
    change(
        Change.put("app/port", "8080"),
        Change.put("app/pool.json", "{\"size\": 4}"),
        Change.put("app.yaml", "x: 1"));
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private void change(Change... changes) {
    long revision =
        await(configuration.release(new Release("shop", List.of(changes), Terms.NONE))).revision();
    assertThat(revision).isPositive();
  }

  private ConfigRetriever retriever(JsonObject options) {
    ConfigStoreOptions store =
        new ConfigStoreOptions().setType("vertebra").setConfig(options.put("namespace", "shop"));
    return ConfigRetriever.create(
        rig.vertx, new ConfigRetrieverOptions().setScanPeriod(20).addStore(store));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bus", "http"})
  void readsANamespaceAndLearnsOfChanges(String transport) {
    JsonObject options = new JsonObject().put("prefix", "app/");
    if (transport.equals("http")) {
      options.put("url", "http://127.0.0.1:" + rig.port);
    }
    ConfigRetriever retriever = retriever(options);
    List<JsonObject> seen = new CopyOnWriteArrayList<>();
    retriever.listen(change -> seen.add(change.getNewConfiguration()));
    JsonObject first = await(retriever.getConfig());
    assertThat(first)
        .isEqualTo(
            new JsonObject().put("port", "8080").put("pool.json", new JsonObject().put("size", 4)));
    change(Change.put("app/port", "9090"), Change.delete("app/pool.json"));
    eventually(() -> assertThat(seen).contains(new JsonObject().put("port", "9090")));
    await(retriever.close());
  }

  @Test
  void learnsOfAChangeAfterASilenceAndOfTheSilenceToo() {
    AtomicInteger polls = new AtomicInteger();
    HttpServer node =
        await(
            rig.vertx
                .createHttpServer()
                .requestHandler(poll -> answer(poll, polls.getAndIncrement()))
                .listen(0));
    JsonObject options = new JsonObject().put("url", "http://127.0.0.1:" + node.actualPort());
    ConfigRetriever retriever = retriever(options.copy());
    List<JsonObject> seen = new CopyOnWriteArrayList<>();
    retriever.listen(change -> seen.add(change.getNewConfiguration()));
    assertThat(await(retriever.getConfig())).isEqualTo(new JsonObject().put("a", "1"));
    eventually(() -> assertThat(seen).contains(new JsonObject().put("a", "2")));
    await(retriever.close());

    polls.set(1);
    JsonObject request = new JsonObject().put("namespace", "shop").put("ifNotRevision", 1);
    assertThat(await(NamespaceService.of(rig.vertx, options).read(request))).isEmpty();
    assertThat(polls.get()).isEqualTo(2);
  }

  /** Something, several times that it did not change, then something else. */
  private static void answer(HttpServerRequest poll, int number) {
    HttpServerResponse response = poll.response();
    JsonObject item = new JsonObject().put("key", "a").put("mediaType", "text/plain");
    item.put("text", number == 0 ? "1" : "2");
    JsonObject view =
        new JsonObject()
            .put("revision", number == 0 ? 1 : 2)
            .put("items", new JsonArray().add(item));
    if (number == 0 || number == 10) {
      Future<Void> unused = response.end(view.toBuffer());
    } else if (number < 10) {
      Future<Void> unused = response.setStatusCode(304).end();
    }
  }

  @Test
  void readsAKeyInItsOwnFormat() {
    change(Change.put("settings.json", "{\"a\": {\"b\": 1}}"));
    ConfigRetriever retriever = retriever(new JsonObject().put("key", "settings.json"));
    assertThat(await(retriever.getConfig()).getJsonObject("a").getInteger("b")).isEqualTo(1);
    await(retriever.close());
  }

  @Test
  void readsWhatIsReleasedToSome() {
    JsonObject gray =
        new JsonObject()
            .put("namespace", "shop")
            .put("name", "g")
            .put("rule", new JsonObject().put("labels", new JsonArray().add("zone:a")))
            .put(
                "changes",
                new JsonArray().add(new JsonObject().put("key", "app/port").put("text", "1")));
    await(
        rig.vertx
            .eventBus()
            .request(
                "vertebra.config",
                gray,
                new io.vertx.core.eventbus.DeliveryOptions().addHeader("action", "put-gray")));
    ConfigRetriever retriever =
        retriever(
            new JsonObject()
                .put("url", "http://127.0.0.1:" + rig.port)
                .put("labels", new JsonArray().add("zone:a").add("app:x")));
    assertThat(await(retriever.getConfig()).getString("app/port")).isEqualTo("1");
    await(retriever.close());
  }

  @Test
  void servesAClientOfSpringCloudConfig() {
    change(
        Change.put("application.yml", "a: 1\nb: 2\n"),
        Change.put("web-dev.properties", "b=3\nc.d=4"));
    JsonObject options =
        new JsonObject().put("url", "http://127.0.0.1:" + rig.port + "/spring/shop/web/dev");
    ConfigRetriever retriever =
        ConfigRetriever.create(
            rig.vertx,
            new ConfigRetrieverOptions()
                .addStore(
                    new ConfigStoreOptions().setType("spring-config-server").setConfig(options)));
    JsonObject read = await(retriever.getConfig());
    assertThat(read.getValue("a").toString()).isEqualTo("1");
    assertThat(read.getValue("b").toString()).isEqualTo("3");
    assertThat(read.getValue("c.d").toString()).isEqualTo("4");
    await(retriever.close());
  }
}
