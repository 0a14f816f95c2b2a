package io.vertebra.limiter;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every transport must do. A transport's test says how to call. */
abstract class LimiterApiContract {
  final LimiterRig rig =
      new LimiterRig(
          "{'maxKeys': 50, 'timeoutMs': 20, 'policies': {"
              + "'all': {'limit': {'permits': 4, 'periodMs': 60000}},"
              + "'tenant': {'limit': {'permits': 3, 'periodMs': 60000},"
              + "  'key': {'parts': ['header:x-tenant']}, 'parents': ['all']},"
              + "'client': {'limit': {'permits': 2, 'periodMs': 60000},"
              + "  'key': {'parts': ['client']}, 'parents': ['tenant'],"
              + "  'exempt': {'clients': ['10.0.0.0/8'], 'values': []}}}}");

  /** Calls an operation by its action. */
  abstract Future<JsonObject> call(String action, JsonObject request);

  @AfterEach
  void close() {
    rig.close();
  }

  JsonObject ask(String action, String request) {
    return await(call(action, new JsonObject(request.replace('\'', '"'))));
  }

  private FailureCode refused(String action, String request) {
    return Failure.of(catchThrowable(() -> ask(action, request))).code();
  }

  private void put(String name, String rest) {
    ask("put-policy", "{'name': '" + name + "', " + rest + "}");
  }

  private boolean take(String policy, String fields) {
    return ask("take", "{'policy': '" + policy + "', 'fields': {" + fields + "}}")
        .getBoolean("allowed");
  }

  private long remaining(String policy, String fields) {
    return ask("peek", "{'policy': '" + policy + "', 'fields': {" + fields + "}, 'cost': 0}")
        .getJsonArray("policies")
        .getJsonObject(0)
        .getLong("remaining");
  }

  @Test
  void takesFromAllPoliciesOrFromNone() {
    String ann = "'client': '192.0.2.1', 'header:X-Tenant': 'acme'";
    String bob = "'client': '192.0.2.2', 'header:x-tenant': 'acme'";
    assertThat(take("client", ann)).isTrue();
    assertThat(take("client", ann)).isTrue();
    assertThat(take("client", ann)).isFalse();
    assertThat(remaining("tenant", ann)).isEqualTo(1);
    assertThat(remaining("all", "")).isEqualTo(2);
    assertThat(take("client", bob)).isTrue();
    assertThat(take("client", bob)).as("the tenant has no more").isFalse();
    assertThat(remaining("client", bob)).as("was given back").isEqualTo(1);
    assertThat(remaining("all", "")).as("was never taken").isEqualTo(1);
    assertThat(rig.counted("tenant", "refused")).isEqualTo(1);
  }

  @Test
  void tellsWhichPolicyRefusedAndWhenToComeBack() {
    JsonObject asked =
        ask("take", "{'policy': 'client', 'fields': {'client': '192.0.2.1'}, 'cost': 2}");
    assertThat(asked.getJsonArray("policies")).hasSize(3);
    JsonObject refused = ask("take", "{'policy': 'client', 'fields': {'client': '192.0.2.1'}}");
    assertThat(refused.getBoolean("allowed")).isFalse();
    assertThat(refused.getLong("retryAfterMs")).isEqualTo(30_000);
    assertThat(refused.getJsonArray("policies").getJsonObject(0))
        .isEqualTo(
            new JsonObject()
                .put("policy", "client")
                .put("allowed", false)
                .put("limit", 2)
                .put("remaining", 0)
                .put("retryAfterMs", 30_000)
                .put("resetMs", 60_000)
                .put("windowMs", 60_000)
                .put("note", "decided"));
  }

  @Test
  void countsClientsByPrefixAndExemptsSome() {
    put("six", "'limit': {'permits': 1, 'periodMs': 60000}, 'key': {'parts': ['client']}");
    assertThat(take("six", "'client': '2001:db8::1'")).isTrue();
    assertThat(take("six", "'client': '2001:db8::2'")).as("the same /64").isFalse();
    assertThat(take("six", "'client': '2001:db8:0:1::2'")).isTrue();
    assertThat(take("six", "'client': '192.0.2.1'")).isTrue();
    assertThat(take("six", "'client': '::ffff:192.0.2.1'")).as("the same address").isFalse();
    String inside = "'client': '10.1.2.3', 'header:x-tenant': 'inside'";
    assertThat(take("client", inside)).isTrue();
    assertThat(rig.counted("client", "exempt")).isEqualTo(1);
  }

  @Test
  void givesTiersTheirOwnLimitAndOnlyLooksOnInADryRun() {
    put(
        "plan",
        "'limit': {'permits': 1, 'periodMs': 60000}, 'key': {'parts': ['apiKey']},'tiers': {'by':"
            + " 'claim:plan', 'limits': {'gold': {'permits': 3, 'periodMs': 60000}}}");
    assertThat(take("plan", "'apiKey': 'a'")).isTrue();
    assertThat(take("plan", "'apiKey': 'a'")).isFalse();
    String gold = "'apiKey': 'b', 'claim:plan': 'gold'";
    assertThat(take("plan", gold) && take("plan", gold) && take("plan", gold)).isTrue();
    assertThat(take("plan", gold)).isFalse();
    put("dry", "'limit': {'permits': 1, 'periodMs': 60000}, 'dryRun': true");
    assertThat(take("dry", "") && take("dry", "")).isTrue();
    assertThat(rig.counted("dry", "dry-run")).isEqualTo(1);
  }

  @Test
  void holdsAndGivesBackPermits() {
    put("jobs", "'limit': {'algorithm': 'concurrency', 'permits': 1}");
    JsonObject held = ask("take", "{'policy': 'jobs'}");
    String permit = held.getString("permit");
    assertThat(permit).hasSize(32);
    assertThat(take("jobs", "")).isFalse();
    String release = "{'policy': 'jobs', 'permit': '" + permit + "'}";
    assertThat(ask("release", release).getBoolean("released")).isTrue();
    assertThat(ask("release", release).getBoolean("released")).isFalse();
    assertThat(take("jobs", "")).isTrue();
  }

  @Test
  void leavesRunningWorkItsPermitWhenAParentRefusesToRenewIt() {
    put("each", "'limit': {'permits': 1, 'periodMs': 60000}, 'key': {'parts': ['field:user']}");
    put("runs", "'limit': {'algorithm': 'concurrency', 'permits': 1}, 'parents': ['each']");
    String first = "{'policy': 'runs', 'permit': 'job-1', 'fields': {'field:user': 'ann'}}";
    String second = "{'policy': 'runs', 'permit': 'job-2', 'fields': {'field:user': 'bob'}}";
    assertThat(ask("take", first).getBoolean("allowed")).isTrue();
    assertThat(ask("take", first).getJsonArray("policies")).as("asked both").hasSize(2);
    assertThat(ask("take", second).getBoolean("allowed")).isFalse();
    assertThat(ask("release", first).getBoolean("released")).isTrue();
    assertThat(ask("take", second).getBoolean("allowed")).isTrue();
  }

  @Test
  void adaptsToHowLongWorkTakes() {
    put(
        "work",
        "'limit': {'algorithm': 'adaptive', 'permits': 100, 'minPermits': 2,"
            + " 'initialPermits': 8, 'leaseMs': 1000}");
    assertThat(take("work", "")).isTrue();
    assertThat(take("work", "")).isTrue();
    assertThat(take("work", "")).as("a quarter at first").isFalse();
    rig.node.letTimePass(Duration.ofSeconds(2));
    for (int i = 0; i < 300; i++) {
      String permit = ask("take", "{'policy': 'work'}").getString("permit");
      String other = ask("take", "{'policy': 'work'}").getString("permit");
      release(permit, i < 150 ? 10 : 100_000);
      release(other, i < 150 ? 10 : 100_000);
    }
    assertThat(ask("peek", "{'policy': 'work'}").getJsonArray("policies").toString())
        .contains("\"limit\":100");
    assertThat(take("work", "") && take("work", "")).isTrue();
  }

  private void release(String permit, long durationMs) {
    String released = "'permit': '" + permit + "', 'durationMs': " + durationMs;
    JsonObject answer = ask("release", "{'policy': 'work', " + released + ", 'dropped': false}");
    assertThat(answer.getBoolean("released")).isTrue();
  }

  @Test
  void knowsWhatEnginesThereAre() {
    String policy = "{'name': 'p', 'limit': {'permits': 1}, 'engine': 'redis'}";
    assertThat(refused("put-policy", policy)).isEqualTo(FailureCode.INVALID);
  }

  @Test
  void keepsLongQuotasInTheStore() {
    put(
        "month",
        "'limit': {'algorithm': 'calendar', 'permits': 1, 'unit': 'month'}, 'engine': 'kv'");
    assertThat(take("month", "")).isTrue();
    assertThat(take("month", "")).isFalse();
    rig.node.letTimePass(Duration.ofDays(31));
    assertThat(take("month", "")).isTrue();
    ask("reset", "{'policy': 'month'}");
    assertThat(take("month", "")).isTrue();
  }

  @Test
  void takesSeveralEachOnItsOwn() {
    JsonObject answer =
        ask(
            "batch",
            "{'items': [{'policy': 'all', 'cost': 4}, {'policy': 'all'}, {'policy': 'x'}]}");
    assertThat(
            answer.getJsonArray("items").stream()
                .map(each -> ((JsonObject) each).getBoolean("allowed")))
        .containsExactly(true, false, false);
    assertThat(refused("take", "{'policy': 'x'}")).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void doesInAnOutageAsThePolicySays() {
    String limit = "'limit': {'permits': 8, 'periodMs': 60000}, 'onOutage': ";
    put("closed", limit + "'closed'");
    put("open", limit + "'open'");
    put("share", limit + "'share'");
    rig.fallSilent(true);
    assertThat(refused("take", "{'policy': 'closed'}")).isEqualTo(FailureCode.UNAVAILABLE);
    for (int i = 0; i < 10; i++) {
      assertThat(take("open", "")).isTrue();
    }
    assertThat(take("share", "") && take("share", "")).as("8 among 4 nodes").isTrue();
    assertThat(take("share", "")).isFalse();
    rig.fallSilent(false);
    assertThat(take("share", "") && take("closed", "")).isTrue();
    assertThat(rig.counted("open", "outage")).isEqualTo(10);
  }

  @Test
  void refusesNewKeysWhenThereIsNoRoom() {
    put("many", "'limit': {'permits': 1, 'periodMs': 60000}, 'key': {'parts': ['field:id']}");
    for (int i = 0; i < 50; i++) {
      assertThat(take("many", "'field:id': '" + i + "'")).isTrue();
    }
    String another = "{'policy': 'many', 'fields': {'field:id': 'x'}}";
    assertThat(refused("take", another)).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(take("many", "'field:id': '7'")).isFalse();
  }

  @Test
  void writesPoliciesUnderConditions() {
    String policy = "'name': 'p', 'limit': {'permits': 1}";
    JsonObject written = ask("put-policy", "{" + policy + ", 'ifRevision': 0}");
    long revision = written.getLong("revision");
    assertThat(refused("put-policy", "{" + policy + ", 'ifRevision': 0}"))
        .isEqualTo(FailureCode.STALE);
    JsonObject read = ask("get-policy", "{'name': 'p'}");
    assertThat(read).isEqualTo(written);
    assertThat(ask("list-policies", "{}").getJsonArray("items")).hasSize(4);
    assertThat(refused("put-policy", "{" + policy + ", 'parents': ['nobody']}"))
        .isEqualTo(FailureCode.INVALID);
    put("child", "'limit': {'permits': 1}, 'parents': ['p']");
    assertThat(refused("delete-policy", "{'name': 'p'}")).isEqualTo(FailureCode.CONFLICT);
    ask("delete-policy", "{'name': 'child'}");
    ask("delete-policy", "{'name': 'p', 'ifRevision': " + revision + "}");
    assertThat(refused("get-policy", "{'name': 'p'}")).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(refused("delete-policy", "{'name': 'all'}")).isEqualTo(FailureCode.CONFLICT);
    assertThat(refused("delete-policy", "{'name': 'nobody'}")).isEqualTo(FailureCode.NOT_FOUND);
    String once = "{" + policy + ", 'idempotencyKey': 'k'}";
    assertThat(ask("put-policy", once)).isEqualTo(ask("put-policy", once));
    assertThat(refused("put-policy", "{" + policy + ", 'fence': '~lock@0'}"))
        .isEqualTo(FailureCode.INVALID);
  }
}
