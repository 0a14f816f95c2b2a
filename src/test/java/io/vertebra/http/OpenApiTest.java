package io.vertebra.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Api;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The rules that a linter of OpenAPI documents has, as far as our documents could break them. */
final class OpenApiTest {
  private static final JsonObject DOCUMENT = OpenApi.document(List.of(shelves()));

  private static Api shelves() {
    return new Api(
        "shelf",
        Api.Scope.NODE,
        List.of(
            operation("read", HttpMethod.GET, "/api/v1/shelves/:name/books/:book"),
            operation("write", HttpMethod.PUT, "/api/v1/shelves/:name"),
            operation("drop", HttpMethod.DELETE, "/api/v1/shelves/:name")));
  }

  private static Operation<String> operation(String action, HttpMethod method, String path) {
    return Operation.of(
        action, method, path, "Does it.", OpenApiTest::read, q -> Future.succeededFuture());
  }

  private static String read(Fields fields) {
    String name = fields.text("name", 1, 20).about("Its name.").required();
    String book = fields.text("book", 1, 20).orElse("none");
    int size = fields.integer("size", 1, 100).required();
    List<String> labels = fields.texts("labels", 3, 10).orElse(List.of());
    return fields.build(() -> name + book + size + labels);
  }

  private static JsonObject operation(String path, String method) {
    return DOCUMENT.getJsonObject("paths").getJsonObject(path).getJsonObject(method);
  }

  private static List<JsonObject> operations() {
    List<JsonObject> all = new ArrayList<>();
    JsonObject paths = DOCUMENT.getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      JsonObject item = paths.getJsonObject(path);
      item.fieldNames().forEach(method -> all.add(item.getJsonObject(method)));
    }
    return all;
  }

  private static List<JsonObject> parameters(JsonObject operation) {
    return operation.getJsonArray("parameters", new JsonArray()).stream()
        .map(JsonObject.class::cast)
        .toList();
  }

  @Test
  void hasWhatEveryDocumentNeeds() {
    assertThat(DOCUMENT.getString("openapi")).isEqualTo("3.1.0");
    assertThat(DOCUMENT.getJsonObject("info").getString("title")).isNotBlank();
    assertThat(DOCUMENT.getJsonObject("info").getString("version")).isNotBlank();
    assertThat(DOCUMENT.getJsonArray("servers")).isNotEmpty();
  }

  @Test
  void namesEveryOperationOnceAndTagsItWithItsConcern() {
    Set<String> ids = new HashSet<>();
    for (JsonObject operation : operations()) {
      assertThat(ids.add(operation.getString("operationId"))).isTrue();
      assertThat(operation.getString("summary")).isNotBlank();
      assertThat(operation.getJsonArray("tags")).containsExactly("shelf");
      assertThat(operation.getJsonObject("responses").fieldNames()).contains("200", "4XX");
    }
    assertThat(ids).containsExactlyInAnyOrder("shelf.read", "shelf.write", "shelf.drop");
  }

  @Test
  void declaresTheParametersOfEveryPathAndNoOthers() {
    JsonObject paths = DOCUMENT.getJsonObject("paths");
    for (String path : paths.fieldNames()) {
      Set<String> inTemplate = new HashSet<>();
      Pattern.compile("\\{(\\w+)}")
          .matcher(path)
          .results()
          .forEach(found -> inTemplate.add(found.group(1)));
      assertThat(path).doesNotContain(":");
      JsonObject item = paths.getJsonObject(path);
      for (String method : item.fieldNames()) {
        Set<String> declared = new HashSet<>();
        for (JsonObject parameter : parameters(item.getJsonObject(method))) {
          if ("path".equals(parameter.getString("in"))) {
            declared.add(parameter.getString("name"));
            assertThat(parameter.getBoolean("required")).isTrue();
          }
        }
        assertThat(declared).isEqualTo(inTemplate);
      }
    }
  }

  @Test
  void putsTheOtherFieldsOfAReadIntoTheQueryAndThoseOfAWriteIntoTheBody() {
    JsonObject read = operation("/api/v1/shelves/{name}/books/{book}", "get");
    assertThat(read.containsKey("requestBody")).isFalse();
    assertThat(parameters(read).stream().filter(p -> "query".equals(p.getString("in"))))
        .extracting(p -> p.getString("name"))
        .containsExactly("size", "labels");
    JsonObject schema =
        operation("/api/v1/shelves/{name}", "put")
            .getJsonObject("requestBody")
            .getJsonObject("content")
            .getJsonObject("application/json")
            .getJsonObject("schema");
    assertThat(schema.getJsonObject("properties").fieldNames())
        .containsExactly("book", "size", "labels");
    assertThat(schema.getJsonArray("required")).containsExactly("size");
  }

  @Test
  void refersOnlyToWhatExists() {
    List<String> references = new ArrayList<>();
    collect(DOCUMENT, references);
    assertThat(references).isNotEmpty();
    for (String reference : references) {
      Object found = DOCUMENT;
      for (String step : reference.substring(2).split("/", -1)) {
        found = found instanceof JsonObject object ? object.getValue(step) : null;
      }
      assertThat(found).as(reference).isInstanceOf(JsonObject.class);
    }
  }

  private static void collect(Object node, List<String> references) {
    if (node instanceof JsonObject object) {
      for (Map.Entry<String, Object> entry : object) {
        if (entry.getKey().equals("$ref")) {
          references.add((String) entry.getValue());
        }
        collect(entry.getValue(), references);
      }
    } else if (node instanceof JsonArray array) {
      array.forEach(each -> collect(each, references));
    }
  }
}
