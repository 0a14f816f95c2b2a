package io.vertebra.schedule;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.testkit.KvNode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every transport must do. A transport's test says how to call. */
abstract class ScheduleApiContract {
  private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  final KvNode node = new KvNode();
  final ScheduleRig rig = ScheduleRig.on(node, "{'maxSchedules': 2, " + ScheduleRig.KEYS + "}");

  /** Calls an operation by its action. */
  abstract Future<JsonObject> call(String action, JsonObject request);

  @AfterEach
  void close() {
    rig.close();
  }

  private JsonObject ask(String action, String request) {
    return await(call(action, ScheduleRig.json(request)));
  }

  private Failure refused(String action, String request) {
    return Failure.of(catchThrowable(() -> ask(action, request)));
  }

  private JsonObject put(String name, String rest) {
    return ask(
        "put",
        "{'name': '"
            + name
            + "', 'timetable': {'everyMs': 1000}, 'target': {'bus': {'address': 'a'}}"
            + rest
            + "}");
  }

  @Test
  void writesShowsListsAndRemovesSchedules() {
    JsonObject written = put("a", ", 'payload': {'x': [1]}, 'deadManMs': 5000");
    JsonObject shown = ask("get", "{'name': 'a'}");
    assertThat(shown).isEqualTo(written);
    assertThat(shown.getString("next")).isEqualTo("2030-01-01T00:00:01Z");
    JsonObject again = shown.getJsonObject("value").put("name", "a");
    assertThat(ask("put", again.encode()).getJsonObject("value"))
        .isEqualTo(written.getJsonObject("value"));
    put("b", "");
    String cursor = ask("list", "{'limit': 1}").getString("cursor");
    JsonObject rest = ask("list", "{'limit': 1, 'cursor': '" + cursor + "'}");
    assertThat(rest.getJsonArray("items")).hasSize(1);
    assertThat(rest.containsKey("cursor")).isFalse();
    Supplier<Double> known =
        () -> node.kernel.meters().get("vertebra.schedule.schedules").gauge().value();
    eventually(() -> assertThat(known.get()).isEqualTo(2));
    assertThat(refused("put", put("b", "").getJsonObject("value").put("name", "c").encode()).code())
        .isEqualTo(FailureCode.CONFLICT);
    assertThat(ask("delete", "{'name': 'b'}").getLong("revision")).isPositive();
    assertThat(refused("get", "{'name': 'b'}").code()).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void neverTellsASecretAndKeepsItWhenPutWithout() {
    String target =
        "{'name': 's', 'timetable': {'everyMs': 1000}, 'target': {'http': {'url': 'http://x/'";
    JsonObject written = ask("put", target + ", 'secret': '" + SECRET + "'}}}");
    assertThat(written.encode()).doesNotContain("whsec");
    assertThat(ask("put", target + "}}}").encode()).doesNotContain("whsec");
    String kept = sealed("s");
    assertThat(kept).isNotEmpty().doesNotContain("whsec");
    String elsewhere = target.replace("http://x/", "http://y/");
    JsonObject unused = ask("put", elsewhere + "}}}");
    assertThat(sealed("s")).as("not for whom it was not meant").isEmpty();
  }

  /** What the store holds. */
  private String sealed(String name) {
    String stored = await(node.kv().get(ScheduleKeys.job(name))).orElseThrow().value().toString();
    return new JsonObject(stored).getString("sealed", "");
  }

  @Test
  void refusesTargetsThatTheOptionsDoNotAllow() {
    String inside =
        "{'name': 's', 'timetable': {'everyMs': 1000}, 'target': {'http': {'url': 'http://10.1.2.3/'}}}";
    assertThat(refused("put", inside).getMessage()).contains("/target/http/url", "webhook.hosts");
  }

  @Test
  void refusesQueuesThatCouldNeverBeReached() {
    String every = "{'name': 's', 'timetable': {'everyMs': 1000}, 'target': {'queue': {'queue': '";
    assertThat(refused("put", every + "a b'}}}"))
        .hasMessageContaining("/target/queue/queue must have letters, digits");
    assertThat(refused("put", every + "a', 'headers': {'x-dead-id': 'b'}}}}"))
        .hasMessageContaining("/target/queue/headers must not begin with x-dead-");
  }

  @Test
  void saysAllThatIsWrong() {
    Failure failure =
        refused(
            "put",
            "{'name': 'a b', 'timetable': {'cron': '61 * * * *'}, 'target': {}, 'shards': 99}");
    assertThat(failure.code()).isEqualTo(FailureCode.INVALID);
    assertThat(failure.getMessage())
        .contains(
            "/name", "/timetable/cron", "/target", "one of http, bus, queue and task", "/shards");
  }

  @Test
  void pausesResumesTriggersCancelsAndTellsWhatHappened() {
    put("a", "");
    assertThat(ask("pause", "{'name': 'a'}").getBoolean("paused")).isTrue();
    assertThat(ask("resume", "{'name': 'a'}").getBoolean("paused")).isFalse();
    String id = ask("trigger", "{'name': 'a'}").getString("occurrence");
    assertThat(rig.results("a", 1)).containsExactly("succeeded");
    JsonObject past = ask("history", "{'name': 'a'}").getJsonArray("items").getJsonObject(0);
    assertThat(past.getString("occurrence")).isEqualTo(id);
    assertThat(past.getString("node")).isEqualTo("n1");
    assertThat(past.getString("cause")).isEqualTo("trigger");

    rig.calls.answering(false);
    node.letTimePass(Duration.ofSeconds(1));
    eventually(() -> assertThat(rig.calls.all()).hasSize(2));
    String running = rig.calls.last().id();
    String request = "{'name': 'a', 'occurrence': '" + running + "'}";
    assertThat(ask("cancel", request).getBoolean("cancelled")).isTrue();
    assertThat(rig.results("a", 2)).containsExactly("cancelled", "succeeded");
    assertThat(refused("cancel", request).code()).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(refused("cancel", "{'name': 'a', 'occurrence': 'b@x'}").code())
        .isEqualTo(FailureCode.INVALID);
  }

  @Test
  void previewsWhatAScheduleOrAnyTimetableWouldDo() {
    put("a", "");
    assertThat(ask("preview", "{'name': 'a', 'count': 3}").getJsonArray("firings")).hasSize(3);
    JsonObject any =
        ask(
            "preview-timetable",
            "{'timetable': {'cron': '30 2 * * *', 'zone': 'America/New_York'}, 'count': 1}");
    assertThat(any.getJsonArray("firings").getJsonObject(0).getString("at"))
        .isEqualTo("2030-01-01T07:30:00Z");
  }

  @Test
  void backfills() {
    put("a", "");
    assertThat(
            ask(
                    "backfill",
                    "{'name': 'a', 'from': '2029-01-01T00:00:00Z', 'to': '2029-01-01T00:00:01Z'}")
                .getJsonArray("occurrences"))
        .containsExactly("a@2029-01-01T00:00:00Z", "a@2029-01-01T00:00:01Z");
    String ever =
        "{'name': 'a', 'from': '-1000000000-01-01T00:00:00Z', 'to': '2029-01-01T00:00:00Z'}";
    assertThat(refused("backfill", ever)).hasMessageContaining("/from must be in the years");
    assertThat(rig.results("a", 2)).containsOnly("succeeded");
  }

  @Test
  void tellsWhatHappensFromARevisionOn() {
    long revision = put("a", "").getLong("revision");
    JsonObject batch =
        ask("watch", "{'name': 'a', 'fromRevision': " + revision + ", 'waitMs': 4000}");
    JsonObject event = batch.getJsonArray("events").getJsonObject(0);
    assertThat(event.getString("type")).isEqualTo("changed");
    assertThat(event.getString("schedule")).isEqualTo("a");
    long next = batch.getLong("revision") + 1;
    String news = "{'name': 'a', 'fromRevision': " + next + ", 'waitMs': 4000}";
    JsonObject unused = ask("trigger", "{'name': 'a'}");
    JsonObject result = ask("watch", news).getJsonArray("events").getJsonObject(0);
    assertThat(result.getString("type")).isEqualTo("result");
    assertThat(result.getString("result")).isEqualTo("succeeded");
  }

  @Test
  void leavesOutTheTimesOfCalendarsAndFollowsTheirChanges() {
    String cron =
        "{'name': 'c', 'timetable': {'cron': '* * * * * *'}, 'target': {'bus': {'address': 'a'}},"
            + " 'calendars': ['off']}";
    assertThat(refused("put", cron).getMessage()).contains("/calendars", "off");
    JsonObject calendar = ask("put-calendar", "{'name': 'off', 'dates': ['2030-01-01']}");
    assertThat(ask("get-calendar", "{'name': 'off'}")).isEqualTo(calendar);
    assertThat(ask("put", cron).getString("next")).isEqualTo("2030-01-02T00:00:00Z");
    assertThat(ask("preview", "{'name': 'c', 'count': 1}").getJsonArray("skipped")).isNotEmpty();
    rig.letTimePass(Duration.ofSeconds(1));
    String none = "{'name': 'off', 'ifRevision': 9999, 'dates': []}";
    assertThat(refused("put-calendar", none).code()).isEqualTo(FailureCode.STALE);
    JsonObject changed = ask("put-calendar", "{'name': 'off', 'times': ['12:00/13:00']}");
    assertThat(changed.getLong("revision")).isGreaterThan(calendar.getLong("revision"));
    rig.letTimePass(Duration.ofSeconds(1));
    eventually(() -> assertThat(rig.calls.ids()).containsExactly("c@2030-01-01T00:00:02Z"));
    assertThat(refused("delete-calendar", "{'name': 'off'}").getMessage()).contains("schedule c");
    assertThat(ask("delete", "{'name': 'c'}").getLong("revision")).isPositive();
    JsonObject other = ask("put-calendar", "{'name': 'on', 'dates': ['2030-01-01']}");
    JsonObject part = ask("list-calendars", "{'limit': 1}");
    assertThat(part.getJsonArray("items")).hasSize(1);
    assertThat(part.getString("cursor")).isEqualTo("off");
    JsonObject rest = ask("list-calendars", "{'limit': 1, 'cursor': 'off'}");
    assertThat(rest.getJsonArray("items")).containsExactly(other);
    assertThat(rest.containsKey("cursor")).isFalse();
    assertThat(ask("delete-calendar", "{'name': 'off'}").getLong("revision")).isPositive();
    assertThat(refused("get-calendar", "{'name': 'off'}").code()).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(refused("delete-calendar", "{'name': 'off'}").code())
        .isEqualTo(FailureCode.NOT_FOUND);
  }
}
