package io.vertebra.consul;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class FilterPathsTest {
  private final ConsulRig rig = new ConsulRig();
  private final ConsulHttp http = rig.http();

  @BeforeEach
  void register() {
    register("n1", "linux", "web", "blue", "passing");
    register("n2", "plan9", "web", "green", "critical");
    register("n2", "plan9", "api", "green", "passing");
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private void register(String node, String os, String service, String tag, String status) {
    JsonObject body =
        new JsonObject()
            .put("Node", node)
            .put("Address", "10.0.0.1")
            .put("NodeMeta", new JsonObject().put("os", os).put("rack", "7"))
            .put(
                "Service",
                new JsonObject().put("Service", service).put("Tags", new JsonArray().add(tag)))
            .put(
                "Check",
                new JsonObject()
                    .put("Name", service + "-check")
                    .put("ServiceID", service)
                    .put("Status", status));
    assertThat(http.put("/v1/catalog/register", body.encode()).body()).isEqualTo("true");
  }

  private ConsulHttp.Answer filtered(String path, String filter) {
    return http.get(path + "?filter=" + URLEncoder.encode(filter, StandardCharsets.UTF_8));
  }

  private static List<String> names(JsonArray list, String member) {
    return list.stream().map(item -> ((JsonObject) item).getString(member)).toList();
  }

  @Test
  void filtersWhatTheCatalogLists() {
    assertThat(names(filtered("/v1/catalog/nodes", "Meta.os == plan9").list(), "Node"))
        .containsExactly("n2");
    assertThat(names(filtered("/v1/catalog/service/web", "blue in ServiceTags").list(), "Node"))
        .containsExactly("n1");
    assertThat(filtered("/v1/catalog/services", "NodeMeta.os == plan9").object().encode())
        .isEqualTo("{\"api\":[\"green\"],\"web\":[\"green\"]}");
    JsonObject node = filtered("/v1/catalog/node/n2", "Service == api").object();
    assertThat(node.getJsonObject("Services").fieldNames()).containsExactly("api");
    JsonArray services =
        filtered("/v1/catalog/node-services/n2", "Service != api")
            .object()
            .getJsonArray("Services");
    assertThat(names(services, "Service")).containsExactly("web");
  }

  @Test
  void filtersWhatHealthLists() {
    assertThat(filtered("/v1/health/service/web", "Checks.Status == critical").list()).hasSize(1);
    assertThat(filtered("/v1/health/checks/web", "Status == passing").list()).hasSize(1);
    assertThat(filtered("/v1/health/node/n2", "ServiceName matches `^a`").list()).hasSize(1);
    assertThat(filtered("/v1/health/state/any", "Node == n2 and ServiceTags contains green").list())
        .hasSize(2);
  }

  @Test
  void filtersWhatTheAgentLists() {
    String check = "{\"TTL\": \"60s\", \"Status\": \"passing\"}";
    http.put("/v1/agent/service/register", "{\"Name\": \"a\", \"Check\": " + check + "}");
    http.put("/v1/agent/service/register", "{\"Name\": \"b\"}");
    assertThat(filtered("/v1/agent/services", "Service == b").object().fieldNames())
        .containsExactly("b");
    assertThat(filtered("/v1/agent/checks", "Status == critical").body()).isEqualTo("{}");
    assertThat(filtered("/v1/agent/checks", "ServiceName == a").object()).hasSize(1);
  }

  @Test
  void takesWhatIsOnNodesOfAllTheMetadataAskedFor() {
    String meta = "?node-meta=os:plan9&node-meta=rack:7";
    assertThat(names(http.get("/v1/catalog/nodes" + meta).list(), "Node")).containsExactly("n2");
    assertThat(http.get("/v1/catalog/services" + meta).object().fieldNames())
        .containsExactly("api", "web");
    assertThat(http.get("/v1/catalog/service/web" + meta).list()).hasSize(1);
    assertThat(http.get("/v1/health/service/web" + meta).list()).hasSize(1);
    assertThat(http.get("/v1/health/service/web" + meta + "&passing").list()).isEmpty();
    assertThat(http.get("/v1/health/checks/web" + meta).list()).hasSize(1);
    assertThat(http.get("/v1/health/state/passing" + meta).list()).hasSize(1);
    assertThat(http.get("/v1/catalog/nodes?node-meta=os:plan9&node-meta=rack:8").body())
        .isEqualTo("[]");
  }

  @Test
  void refusesAWrongFilterEvenWhereNothingIsListed() {
    ConsulHttp.Answer refused = filtered("/v1/catalog/service/none", "Nothing == x");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.body())
        .isEqualTo("Failed to create filter: Selector \"Nothing\" is not valid");
    assertThat(filtered("/v1/health/service/web", "Checks.Status ==").status()).isEqualTo(400);
  }
}
