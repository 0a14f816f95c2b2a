package io.vertebra.consul;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FilterTest {
  private static final FilterSamples SAMPLES =
      new FilterSamples(new RegistryJson("dc1", "10.0.0.1"));

  private static final JsonObject WEB =
      new JsonObject()
          .put(
              "Node",
              new JsonObject()
                  .put("Node", "n1")
                  .put("Meta", new JsonObject().put("a b", "1").put("os", "linux")))
          .put(
              "Service",
              new JsonObject()
                  .put("Service", "web")
                  .put("Port", 80)
                  .put("EnableTagOverride", false)
                  .put("Address", "")
                  .put("Tags", new JsonArray().add("v1").add("blue"))
                  .put("Meta", new JsonObject().put("zone", "west-1")))
          .put(
              "Checks",
              new JsonArray()
                  .add(new JsonObject().put("Status", "passing").put("Output", "200 OK"))
                  .add(new JsonObject().put("Status", "warning").put("Output", "")));

  private static Filter filter(String text) {
    MultiMap query = MultiMap.caseInsensitiveMultiMap().add("filter", text);
    Asked asked = new Asked("", query, Buffer.buffer(), Optional.empty(), Future.succeededFuture());
    return Filter.of(asked, SAMPLES.health());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Service.Service == web",
        "Service.Service==\"web\"",
        "Service.Service != api and Service.Port == 80",
        "Service.Service == api or Service.Port != 81",
        "Service.Service == api and Service.Port == 1 or Service.Port == 80",
        "Service.EnableTagOverride == false",
        "Service.Tags contains v1",
        "\"blue\" in Service.Tags",
        "v2 not in Service.Tags and Service.Tags not contains v3",
        "zone in Service.Meta",
        "we in Service.Service",
        "Service.Meta.zone == west-1",
        "Service.Meta[\"zone\"] == `west-1`",
        "Node.Meta[\"a b\"] == 1",
        "Service.Meta.none is empty and Service.Meta.none != x",
        "Service.Address is empty",
        "Service.Tags is not empty",
        "Checks.Status == warning",
        "Checks.Output is empty",
        "not Service.Service == api",
        "not (Service.Service == web and Service.Port == 81)",
        "((Service.Service == web))",
        "Service.Meta.zone matches \"^west-[0-9]+$\"",
        "Service.Service not matches `^a`",
        "Service.Meta.zone matches \"(?i)WEST(-[0-9])?\"",
        "Service.Service matches \"^(web|api)$\"",
      })
  void takes(String text) {
    assertThat(filter(text).test(WEB)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Service.Service == api",
        "Service.Port != 80",
        "Service.Tags contains v",
        "Service.Meta.none == x",
        "Service.Meta.none is not empty",
        "Checks.Status == critical",
        "Checks is empty",
        "Service.Service == web and not Service.Port == 80",
        "(Service.Service == api or Service.Service == web) and Service.Port == 81",
        "Service.Service matches \"^we$\"",
        "Service.Service matches \"w.e.b\"",
      })
  void leavesOut(String text) {
    assertThat(filter(text).test(WEB)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Service",
        "Service.Service ==",
        "Service.Service = web",
        "Service.Service == \"web",
        "Service.Service == web and",
        "(Service.Service == web",
        "Service.Service == web)",
        "Service.Service is full",
        "\"x\" == Service.Service",
        "Nothing == x",
        "Service.Nothing.More == x",
        "Service.Port == x",
        "Service.Port contains 8",
        "Service.Port matches 8",
        "Service.Tags == v1",
        "Service.Port is empty",
        "Service.Service matches \"(a+)+$\"",
        "Service.Service matches \"(a|b)*\"",
        "Service.Service matches \"(?<=x)a\"",
        "Service.Service matches \"(a)\\\\1\"",
        "Service.Service matches \"a**\"",
        "Service.Service matches \"[a\"",
        "Service.Service matches \"[a[b]]\"",
        "Service.Service matches \"a{1000000}\"",
        "Service.Service matches \"(\"",
      })
  void refuses(String text) {
    assertThatThrownBy(() -> filter(text))
        .isInstanceOfSatisfying(
            ConsulException.class,
            refusal -> {
              assertThat(refusal.status()).isEqualTo(400);
              assertThat(refusal.text()).startsWith("Failed to create filter: ");
            });
  }

  @Test
  void boundsLengthDepthAndComparisons() {
    String one = "Service.Service == web";
    assertThatThrownBy(() -> filter(one + " ".repeat(Filter.MAX_LENGTH)))
        .hasMessageContaining("more");
    String deep = "(".repeat(Filter.MAX_DEPTH) + one + ")".repeat(Filter.MAX_DEPTH);
    assertThatThrownBy(() -> filter(deep)).hasMessageContaining("deep");
    assertThatThrownBy(() -> filter("not ".repeat(Filter.MAX_DEPTH) + one))
        .hasMessageContaining("deep");
    String many = "Service.Port == 1 or ".repeat(Filter.MAX_COMPARISONS);
    assertThatThrownBy(() -> filter(many + one)).hasMessageContaining("comparisons");
    assertThatThrownBy(() -> filter("Service.Service matches " + "a".repeat(257)))
        .hasMessageContaining("256");
  }

  @Test
  void givesUpARegularExpressionThatTakesTooLong() {
    JsonObject long0 = WEB.copy();
    long0.getJsonObject("Service").put("Service", "a".repeat(4_000));
    Filter slow = filter("Service.Service matches \"a*a*a*a*a*b\"");
    assertThatThrownBy(() -> slow.test(long0)).hasMessageContaining("too many steps");
  }
}
