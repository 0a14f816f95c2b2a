package io.vertebra.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PathRewriteTest {

  @Test
  void leavesThePathAsItIsUnlessToldOtherwise() {
    assertThat(rewritten("prefix", "/a", new JsonObject(), "/a/b")).isEqualTo("/a/b");
  }

  @ParameterizedTest
  @CsvSource({"/a, /a/b, /b", "/a, /a, /", "/a, /a/, /", "/a/b/, /a/b/c/d, /c/d", "/, /a, /a"})
  void stripsThePrefix(String prefix, String path, String expected) {
    JsonObject rewrite = new JsonObject().put("stripPrefix", true);
    assertThat(rewritten("prefix", prefix, rewrite, path)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "/a, /b, /a/c, /b/c",
    "/a, /b/, /a/c, /b/c",
    "/a, /b, /a, /b",
    "/a, /, /a/c, /c",
    "/a, /, /a, /",
    "/, /b, /c, /b/c",
    "/a, /b/c, /a/, /b/c/"
  })
  void replacesThePrefix(String prefix, String replacement, String path, String expected) {
    JsonObject rewrite = new JsonObject().put("replacePrefix", replacement);
    assertThat(rewritten("prefix", prefix, rewrite, path)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "pattern, /users/{id}, /o/{id}, /users/7, /o/7",
    "pattern, /{a}/{b}, /{b}/x/{a}, /1/2, /2/x/1",
    "pattern, /{a}/x/**, /y/{a}/**, /1/x/2/3/, /y/1/2/3/",
    "pattern, /{a}/x/**, /y/{a}/**, /1/x, /y/1",
    "pattern, /{a}/x/**, /**, /1/x, /",
    "pattern, /**, /v1/**, /, /v1/",
    "pattern, /{a}/x/**, /y, /1/x/2, /y",
    "pattern, /{a}, /{a}/, /%2F, /%2F/",
    "exact, /a, /b, /a, /b",
    "prefix, /a, /b, /a/c, /b"
  })
  void fillsTheTemplate(String kind, String match, String template, String path, String expected) {
    JsonObject rewrite = new JsonObject().put("path", template);
    assertThat(rewritten(kind, match, rewrite, path)).isEqualTo(expected);
  }

  private static String rewritten(String kind, String value, JsonObject rewrite, String path) {
    JsonObject match = new JsonObject().put("path", new JsonObject().put(kind, value));
    JsonObject json =
        new JsonObject()
            .put("name", "a")
            .put("upstream", "web")
            .put("match", match)
            .put("rewrite", rewrite);
    RouteTable table = RouteTable.of(List.of(Route.from(Fields.of(json))));
    return table.match("GET", "h", path, header -> null).rewritePath(path);
  }
}
