package io.vertebra.schedule;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.kv.KvService;
import io.vertebra.testkit.KvNode;
import io.vertebra.testkit.TestClock;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Schedules on a node whose clock stands still, with targets that a test answers. */
public final class ScheduleRig implements AutoCloseable {
  final RecordedCalls calls = new RecordedCalls();
  final List<JsonObject> events = new CopyOnWriteArrayList<>();
  final Kernel kernel;
  final TestClock clock;
  final ScheduleService service;
  private final Consumer<Duration> timePasses;
  private final Runnable closer;
  private final String deployment;

  /**
   * Deploys them.
   *
   * @param timePasses moves all clocks
   * @param closer ends the node
   */
  public ScheduleRig(
      Kernel kernel,
      TestClock clock,
      KvService kv,
      String options,
      Consumer<Duration> timePasses,
      Runnable closer) {
    this.kernel = kernel;
    this.clock = clock;
    this.timePasses = timePasses;
    this.closer = closer;
    kernel
        .vertx()
        .eventBus()
        .<JsonObject>consumer(ScheduleApi.EVENTS, message -> events.add(message.body()));
    ScheduleOptions read = ScheduleOptions.from(Fields.of(json(options)));
    ScheduleVerticle verticle = ScheduleVerticle.calling(kernel, read, kv, calls);
    service = verticle.service();
    deployment = await(kernel.vertx().deployVerticle(verticle));
  }

  /** Those of a node in memory. */
  static ScheduleRig on(KvNode node, String options) {
    return new ScheduleRig(
        node.kernel, node.clock, node.kv(), options, node::letTimePass, node::close);
  }

  void letTimePass(Duration time) {
    timePasses.accept(time);
  }

  /** A key with which secrets are encrypted, as the options have it. */
  static final String KEYS = "'secretKeys': ['k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=']";

  static JsonObject json(String text) {
    return new JsonObject(text.replace('\'', '"'));
  }

  Definition definition(String text) {
    return Definition.from(Fields.of(json(text)), clock.instant());
  }

  /** Writes a schedule that fires each second unless told otherwise. */
  ScheduleView put(String name, String rest) {
    String text = "{'timetable': {'everyMs': 1000}, 'target': {'bus': {'address': 'a'}}" + rest;
    return await(service.put(WriteSchedule.of(name, definition(text + "}"))));
  }

  /** Lets so much time pass and waits until there were so many calls. */
  void pass(Duration time, int calls) {
    letTimePass(time);
    eventually(() -> assertThat(this.calls.all()).hasSize(calls));
  }

  /** Waits until there are so many results, and tells them in words, the latest first. */
  List<String> results(String name, int count) {
    eventually(() -> assertThat(await(service.history(name, 100))).hasSize(count));
    return await(service.history(name, 100)).stream()
        .map(each -> Fields.word(each.result()))
        .toList();
  }

  @Override
  public void close() {
    await(kernel.vertx().undeploy(deployment));
    closer.run();
  }
}
