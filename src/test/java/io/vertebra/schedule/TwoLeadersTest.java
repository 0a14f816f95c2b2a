package io.vertebra.schedule;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.testkit.KvNode;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two engines over one store, of which now one leads, now the other, now both believe they do. */
final class TwoLeadersTest {
  private final KvNode node = new KvNode();
  private final RecordedCalls calls = new RecordedCalls();
  private final SwitchedKv first = new SwitchedKv(node.kv());
  private final SwitchedKv second = new SwitchedKv(node.kv());
  private final ScheduleService service = open(first, "n1");

  TwoLeadersTest() {
    ScheduleService unused = open(second, "n2");
  }

  private ScheduleService open(SwitchedKv kv, String name) {
    Kernel kernel = new Kernel(node.vertx, name, node.clock, node.kernel.meters(), List.of());
    ScheduleVerticle verticle =
        ScheduleVerticle.calling(kernel, ScheduleOptions.DEFAULTS, kv.service(), calls);
    String unused = await(node.vertx.deployVerticle(verticle));
    return verticle.service();
  }

  @AfterEach
  void close() {
    node.close();
  }

  private void put(String name, String rest) {
    String text = "{'timetable': {'everyMs': 1000}, 'target': {'bus': {'address': 'a'}}" + rest;
    JsonObject json = ScheduleRig.json(text + "}");
    Definition definition = Definition.from(Fields.of(json), node.clock.instant());
    ScheduleView unused = await(service.put(WriteSchedule.of(name, definition)));
  }

  private void succeeded(String name, int count) {
    eventually(
        () ->
            assertThat(await(service.history(name, 100)))
                .hasSize(count)
                .extracting(past -> Fields.word(past.result()))
                .containsOnly("succeeded"));
  }

  @Test
  void theNewLeaderCallsAgainWhatTheOldOneHadBegun() {
    calls.answering(false);
    first.lead(true);
    put("a", "");
    node.letTimePass(Duration.ofSeconds(1));
    eventually(() -> assertThat(calls.all()).hasSize(1));
    first.lead(false);
    second.lead(true);
    eventually(() -> assertThat(calls.all()).hasSize(2));
    RecordedCalls.Call old = calls.all().get(0);
    RecordedCalls.Call again = calls.all().get(1);
    assertThat(again.id()).isEqualTo(old.id());
    assertThat(again.invocation.token()).isGreaterThan(old.invocation.token());
    again.promise.complete();
    old.promise.complete();
    succeeded("a", 1);
    assertThat(calls.effects()).isEqualTo(1);
  }

  @Test
  void theEndOfACallThatOnlyTheOldLeaderSawDoesNotCount() {
    calls.answering(false);
    first.lead(true);
    put("a", "");
    node.letTimePass(Duration.ofSeconds(1));
    eventually(() -> assertThat(calls.all()).hasSize(1));
    second.lead(true);
    eventually(() -> assertThat(calls.all()).hasSize(2));
    first.lead(false);
    calls.all().get(0).promise.fail("late, and of the one overtaken");
    calls.all().get(1).promise.complete();
    succeeded("a", 1);
  }

  @Test
  void firesAllAndNothingTwiceForATargetThatHonoursIdsWhileLeadersChange() {
    List<String> names = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      names.add("job" + i);
      put("job" + i, ", 'overlap': 'queue-all'");
    }
    first.lead(true);
    int rounds = 12;
    for (int round = 1; round <= rounds; round++) {
      if (round % 3 == 0) {
        first.loseAnswers(2);
      }
      node.letTimePass(Duration.ofSeconds(1));
      int wanted = round * names.size();
      if (round % 2 == 0) {
        first.lead(round % 4 == 0);
        second.lead(round % 4 != 0);
      }
      eventually(() -> assertThat(new TreeSet<>(calls.ids())).hasSize(wanted));
    }
    assertThat(calls.effects()).isEqualTo(rounds * names.size());
    names.forEach(name -> succeeded(name, rounds));
  }
}
