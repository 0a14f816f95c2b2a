package io.vertebra.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ListenerOptionsTest {

  @Test
  void hasTheDefaultsOfItsListener() {
    ListenerOptions gateway =
        ListenerOptions.from(Fields.of(new JsonObject()), ListenerOptions.GATEWAY);
    assertThat(gateway)
        .isEqualTo(
            new ListenerOptions(
                "127.0.0.1",
                8080,
                10_000,
                8192,
                8192,
                16_384,
                17_179_869_184L,
                Duration.ofSeconds(60),
                true,
                false,
                Optional.empty()));
    ListenerOptions api = ApiOptions.from(Fields.of(new JsonObject())).listener();
    assertThat(api.port()).isEqualTo(8500);
    assertThat(api.maxInFlight()).isEqualTo(1024);
    assertThat(api.bodyBytes()).isEqualTo(1_048_576);
  }

  @Test
  void standsInOneSectionWithTheOptionsOfTheApi() {
    JsonObject properties = Fields.describe(ApiOptions::from).getJsonObject("properties");
    assertThat(properties.fieldNames()).contains("port", "idleTimeoutMs", "tls", "token");
    assertThat(properties.getJsonObject("token").getBoolean("writeOnly")).isTrue();
  }

  @Test
  void tellsWhatIsWrongInBothAtOnce() {
    JsonObject json = new JsonObject().put("port", -1).put("token", "short").put("prot", 1);
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> ApiOptions.from(Fields.of(json)))
        .withMessageContainingAll("/port", "/token", "/prot");
  }

  @Test
  void takesOneSourceOfTheTokenOnly() {
    JsonObject json = new JsonObject().put("token", "a".repeat(16)).put("tokenFile", "f");
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> ApiOptions.from(Fields.of(json)))
        .withMessageContaining("/tokenFile");
  }
}
