package io.vertebra.http;

import static io.vertx.core.http.HttpMethod.DELETE;
import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.HEAD;
import static io.vertx.core.http.HttpMethod.POST;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Api;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class PathTableTest {
  private final PathTable table = new PathTable();

  private void add(String action, HttpMethod method, String path) {
    Operation<JsonObject> operation =
        Operation.of(
            action,
            method,
            path,
            "",
            fields -> fields.build(JsonObject::new),
            Future::succeededFuture);
    table.add(Mounted.of(new Api("shelf", Api.Scope.CLUSTER, List.of(operation)), operation));
  }

  private String find(HttpMethod method, String path) {
    return table
        .find(method, path)
        .map(found -> found.mounted().operation().action() + found.parameters())
        .orElse("none");
  }

  @Test
  void findsTheFirstOperationThatFitsPathAndMethod() {
    add("top", GET, "/api/v1/shelves/top/books");
    add("books", GET, "/api/v1/shelves/:shelf/books");
    add("add", POST, "/api/v1/shelves/:shelf/books");
    assertThat(find(GET, "/api/v1/shelves/top/books")).isEqualTo("top" + Map.of());
    assertThat(find(HEAD, "/api/v1/shelves/a b/books")).isEqualTo("books{shelf=a b}");
    assertThat(find(POST, "/api/v1/shelves/top/books")).isEqualTo("add{shelf=top}");
  }

  @Test
  void leavesToTheRoutesWhatIsNotPlain() {
    add("books", GET, "/api/v1/shelves/:shelf/books");
    add("short", GET, "/api/:version");
    List<String> paths =
        List.of(
            "/api/v1/shelves/a%20b/books",
            "/api/v1/shelves//books",
            "/api/v1/shelves/../books",
            "/api/v1/shelves/a/books/",
            "/api/v1/shelves/a/pages",
            "/api/v1/shelves/a",
            "/api/v1",
            "*");
    assertThat(paths).allSatisfy(path -> assertThat(find(GET, path)).isEqualTo("none"));
    assertThat(find(DELETE, "/api/v1/shelves/a/books")).isEqualTo("none");
  }
}
