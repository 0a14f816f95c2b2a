package io.vertebra.config;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static io.vertebra.testkit.Waiting.within;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Configuration as callers over the event bus see it. */
final class ConfigBusApiTest extends ConfigApiContract {
  @Override
  Future<JsonObject> call(String action, JsonObject request) {
    DeliveryOptions options = new DeliveryOptions().addHeader("action", action);
    return rig.vertx
        .eventBus()
        .<JsonObject>request("vertebra.config", request, options)
        .map(message -> message.body());
  }

  @Test
  void announcesReleasesWithoutTheirValues() {
    List<JsonObject> events = new CopyOnWriteArrayList<>();
    rig.vertx
        .eventBus()
        .<JsonObject>consumer("vertebra.config.events", event -> events.add(event.body()));
    long revision = put("a", "value");
    eventually(() -> assertThat(events).hasSize(1));
    assertThat(events.get(0).getLong("revision")).isEqualTo(revision);
    assertThat(events.get(0).getString("namespace")).isEqualTo("ns");
    assertThat(events.get(0).encode()).contains("\"key\":\"a\"").doesNotContain("value");
  }

  @Test
  void theTypedClientLearnsOfAChangeAfterAnySilence() {
    int silent = 20_000;
    AtomicInteger polls = new AtomicInteger();
    MessageConsumer<JsonObject> quiet =
        rig.vertx
            .eventBus()
            .consumer(
                ConfigApi.ADDRESS + ".quiet",
                poll -> {
                  boolean news = polls.incrementAndGet() > silent;
                  List<String> removed = news ? List.of("a") : List.of();
                  poll.reply(new ConfigBatch("shop", news ? 7 : 1, List.of(), removed).toJson());
                });
    await(quiet.completion());
    BusConfigService configuration = BusConfigService.on(rig.vertx, "quiet");
    ConfigWatch watch = await(configuration.watch(WatchConfig.all("shop")));
    Future<ConfigBatch> news = watch.next();
    within(Duration.ofSeconds(30), () -> assertThat(polls.get()).isGreaterThan(silent));
    assertThat(await(news).removed()).containsExactly("a");
    assertThat(watch.revision()).isEqualTo(7);
    watch.close();
  }

  @Test
  void servesTheTypedClient() {
    BusConfigService configuration = BusConfigService.any(rig.vertx);
    Release release =
        new Release(
            "shop",
            List.of(Change.put("colour", "red"), Change.put("size", "9")),
            Terms.by("ann", "the first one"));
    Outcome released = await(configuration.release(release));
    ConfigWatch watch = await(configuration.watch(WatchConfig.all("shop")));
    Future<ConfigBatch> next = watch.next();
    Item colour = await(configuration.get(ReadConfig.one("shop", "colour")));
    assertThat(colour.text()).contains("red");
    Release second =
        new Release(
            "shop",
            List.of(Change.put("colour", "blue").at(colour.revision()), Change.delete("size")),
            Terms.NONE.at(released.revision()));
    long revision = await(configuration.release(second)).revision();
    ConfigBatch batch = await(next);
    watch.close();
    assertThat(batch.items().get(0).text()).contains("blue");
    assertThat(batch.removed()).containsExactly("size");
    assertThat(batch.revision()).isEqualTo(revision);
    assertThat(await(configuration.read(ReadConfig.all("shop"))).items()).hasSize(1);
    assertThat(
            await(configuration.diff("shop", released.revision(), 0, java.util.Optional.empty()))
                .text())
        .contains("-red", "+blue");
  }
}
