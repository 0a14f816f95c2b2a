package io.vertebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Backend;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.webhook.AllowedHosts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VertebraOptionsTest {
  private static JsonObject onRedis(String concern) {
    return new JsonObject().put(concern, new JsonObject().put("backend", "redis"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"config", "counter", "idempotency", "lock", "queue"})
  void needsToKnowWhereTheBackendOfAConcernIs(String concern) {
    Failure failure =
        Failure.of(catchThrowable(() -> VertebraOptions.from(Fields.of(onRedis(concern)))));
    assertThat(failure.code()).isEqualTo(FailureCode.INVALID);
    assertThat(failure)
        .hasMessageContaining("/redis/addresses is missing; " + concern + ".backend needs it");
  }

  @Test
  void keepsConfigurationInRedisButNotInADatabase() {
    JsonObject redis = new JsonObject().put("addresses", new JsonArray().add("127.0.0.1:6379"));
    JsonObject json = onRedis("config").put("redis", redis);
    assertThat(VertebraOptions.from(Fields.of(json)).config().backend()).isEqualTo(Backend.REDIS);
    json.getJsonObject("config").put("backend", "sql");
    Failure failure = Failure.of(catchThrowable(() -> VertebraOptions.from(Fields.of(json))));
    assertThat(failure).hasMessageContaining("/config/backend must be kv or redis");
  }

  @Test
  void letsTheStoreLeaveLoopbackOnlyWithCertificatesOrWhenToldThatTheNetworkIsItsOwn() {
    JsonObject files =
        new JsonObject().put("certificate", "c").put("key", "k").put("authorities", "a");
    JsonObject cluster =
        new JsonObject()
            .put("host", "10.0.0.1")
            .put("secret", "known-to-the-nodes-alone")
            .put("tls", files);
    JsonObject json = new JsonObject().put("cluster", cluster);
    assertThat(catchThrowable(() -> VertebraOptions.from(Fields.of(json))))
        .hasMessageContaining("/raft/tls/certificate is missing");
    JsonObject secured = json.copy().put("raft", new JsonObject().put("tls", files));
    assertThat(VertebraOptions.from(Fields.of(secured)).raft().tls()).isPresent();
    cluster.put("clearText", true).remove("tls");
    assertThat(VertebraOptions.from(Fields.of(json)).raft().tls()).isEmpty();
  }

  @Test
  void letsWebhooksCallThisMachineOnlyWhereNobodyElseCanAskForIt() throws UnknownHostException {
    InetAddress here = InetAddress.getByName("127.0.0.1");
    assertThat(webhooks("{}").contains(here)).isTrue();
    assertThat(webhooks("{'auth': {'enabled': true}}").contains(here)).isFalse();
    assertThat(webhooks("{'api': {'token': '0123456789abcdef'}}").contains(here)).isFalse();
    assertThat(webhooks("{'webhook': {'hosts': ['public']}}").contains(here)).isFalse();
    assertThat(webhooks("{'webhook': {'hosts': ['10.0.0.0/8', 'a.test']}}").names("a.test"))
        .isTrue();
    assertThat(catchThrowable(() -> webhooks("{'webhook': {'hosts': ['a', '*']}}")))
        .hasMessageContaining("/webhook/hosts/1 must be public, loopback, a name");
  }

  private static AllowedHosts webhooks(String json) {
    JsonObject options = new JsonObject(json.replace('\'', '"'));
    return VertebraOptions.from(Fields.of(options)).webhookHosts();
  }
}
