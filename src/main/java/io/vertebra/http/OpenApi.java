package io.vertebra.http;

import io.vertebra.api.Api;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Describes the operations offered as an OpenAPI 3.1 document. Requests are described by the
 * readers that check them, so the document cannot differ from the checks.
 */
final class OpenApi {
  private static final JsonObject PROBLEM =
      new JsonObject().put("$ref", "#/components/responses/Problem");

  private OpenApi() {}

  static JsonObject document(List<Api> apis) {
    JsonObject paths = new JsonObject();
    JsonArray tags = new JsonArray();
    for (Api api : apis) {
      tags.add(new JsonObject().put("name", api.concern()).put("description", describe(api)));
      for (Operation<?> operation : api.operations()) {
        String path = path(operation);
        JsonObject item = paths.getJsonObject(path, new JsonObject());
        item.put(operation.method().name().toLowerCase(Locale.ROOT), describe(api, operation));
        paths.put(path, item);
      }
    }
    return new JsonObject()
        .put("openapi", "3.1.0")
        .put("info", info())
        .put("servers", new JsonArray().add(new JsonObject().put("url", "/")))
        .put("security", new JsonArray().add(new JsonObject()).add(bearer()))
        .put("tags", tags)
        .put("paths", paths)
        .put("components", components());
  }

  private static JsonObject info() {
    return new JsonObject()
        .put("title", "Vertebra")
        .put("version", "1")
        .put("summary", "The backbone of a distributed application")
        .put(
            "license",
            new JsonObject().put("name", "Apache License 2.0").put("identifier", "Apache-2.0"));
  }

  private static JsonObject bearer() {
    return new JsonObject().put("token", new JsonArray());
  }

  private static String describe(Api api) {
    return api.scope() == Api.Scope.NODE
        ? "Answered by the node asked; the query parameter node asks another."
        : "Answered the same by every node.";
  }

  private static String path(Operation<?> operation) {
    List<String> segments = new ArrayList<>();
    for (String segment : operation.path().split("/", -1)) {
      segments.add(isParameter(segment) ? "{" + segment.substring(1) + "}" : segment);
    }
    return String.join("/", segments);
  }

  private static boolean isParameter(String segment) {
    return segment.startsWith(":") || segment.startsWith("*");
  }

  private static List<String> pathParameters(Operation<?> operation) {
    return Arrays.stream(operation.path().split("/", -1))
        .filter(OpenApi::isParameter)
        .map(segment -> segment.substring(1))
        .toList();
  }

  private static JsonObject describe(Api api, Operation<?> operation) {
    JsonObject request = Fields.describe(operation.reader());
    JsonObject properties = request.getJsonObject("properties");
    JsonArray required = request.getJsonArray("required", new JsonArray());
    JsonArray parameters = new JsonArray();
    for (String name : pathParameters(operation)) {
      Object schema = properties.remove(name);
      parameters.add(parameter(name, "path", schema, true));
      required.remove(name);
    }
    JsonObject described =
        new JsonObject()
            .put("operationId", api.concern() + "." + operation.action())
            .put("tags", new JsonArray().add(api.concern()))
            .put("summary", operation.summary());
    OpenApiHeaders.of(operation, properties).forEach(parameters::add);
    required.remove(HeaderFields.SESSION_ID);
    if (hasBody(operation)) {
      if (!properties.isEmpty()) {
        described.put("requestBody", body(operation, request, properties, required));
      }
    } else {
      properties.remove(HeaderFields.SESSION_ID);
      for (String name : properties.fieldNames()) {
        parameters.add(
            parameter(name, "query", properties.getValue(name), required.contains(name)));
      }
    }
    if (api.scope() == Api.Scope.NODE) {
      parameters.add(new JsonObject().put("$ref", "#/components/parameters/Node"));
    }
    return (parameters.isEmpty() ? described : described.put("parameters", parameters))
        .put("responses", responses(operation));
  }

  private static boolean hasBody(Operation<?> operation) {
    return !operation.isRead() && !operation.method().equals(HttpMethod.DELETE);
  }

  private static JsonObject body(
      Operation<?> operation, JsonObject request, JsonObject properties, JsonArray required) {
    JsonObject schema = request.copy().put("properties", properties);
    schema.remove("required");
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    JsonObject content = operation.raw().prefix().isEmpty() ? json(schema) : new JsonObject();
    if (!operation.raw().taken().isEmpty()) {
      content.put("*/*", bytes());
    }
    return new JsonObject().put("required", !required.isEmpty()).put("content", content);
  }

  private static JsonObject parameter(
      String name, String place, @Nullable Object schema, boolean required) {
    JsonObject type =
        schema instanceof JsonObject object
            ? object.copy()
            : new JsonObject().put("type", "string");
    JsonObject parameter =
        new JsonObject().put("name", name).put("in", place).put("required", required);
    if (type.remove("description") instanceof String description) {
      parameter.put("description", description.strip());
    }
    if ("array".equals(type.getString("type"))) {
      parameter.put("style", place.equals("path") ? "simple" : "form").put("explode", false);
    }
    return parameter.put("schema", type);
  }

  private static JsonObject responses(Operation<?> operation) {
    JsonObject content = json(operation.answer());
    if (!operation.raw().given().isEmpty()) {
      content.put(HttpAnswer.BYTES, bytes());
    }
    operation.raw().form().ifPresent(form -> content.put(form.mediaType(), bytes()));
    if (operation.feed().isPresent() && !operation.isDoneBy(Operation.Manner.SOCKET)) {
      content.put(EventStream.MEDIA_TYPE, new JsonObject().put("schema", string()));
    }
    JsonObject answer = new JsonObject().put("description", "Done").put("content", content);
    return new JsonObject()
        .put("200", answer)
        .put("4XX", PROBLEM.copy())
        .put("5XX", PROBLEM.copy());
  }

  private static JsonObject json(JsonObject schema) {
    return new JsonObject().put("application/json", new JsonObject().put("schema", schema));
  }

  private static JsonObject bytes() {
    return new JsonObject().put("schema", new JsonObject());
  }

  private static JsonObject components() {
    JsonObject node =
        new JsonObject()
            .put("name", "node")
            .put("in", "query")
            .put("description", "Id of the node that is to answer.")
            .put("schema", string());
    JsonObject problem =
        new JsonObject()
            .put("description", "What went wrong (RFC 9457)")
            .put(
                "content",
                new JsonObject()
                    .put(
                        Problems.MEDIA_TYPE,
                        new JsonObject()
                            .put(
                                "schema",
                                new JsonObject().put("$ref", "#/components/schemas/Problem"))));
    JsonObject token =
        new JsonObject()
            .put("type", "http")
            .put("scheme", "bearer")
            .put("description", "Needed where api.token or api.tokenFile is set.");
    return new JsonObject()
        .put("parameters", new JsonObject().put("Node", node))
        .put("responses", new JsonObject().put("Problem", problem))
        .put("schemas", new JsonObject().put("Problem", problemSchema()))
        .put("securitySchemes", new JsonObject().put("token", token));
  }

  private static JsonObject problemSchema() {
    JsonArray codes = new JsonArray();
    for (FailureCode code : FailureCode.values()) {
      codes.add(code.label());
    }
    JsonObject error =
        new JsonObject()
            .put("type", "object")
            .put("properties", new JsonObject().put("pointer", string()).put("detail", string()))
            .put("required", new JsonArray().add("pointer").add("detail"));
    JsonObject properties =
        new JsonObject()
            .put("type", string())
            .put("title", string())
            .put("status", new JsonObject().put("type", "integer"))
            .put("code", string().put("enum", codes))
            .put("detail", string())
            .put("instance", string())
            .put("errors", new JsonObject().put("type", "array").put("items", error));
    return new JsonObject()
        .put("type", "object")
        .put("properties", properties)
        .put(
            "required",
            new JsonArray().add("type").add("title").add("status").add("code").add("detail"));
  }

  private static JsonObject string() {
    return new JsonObject().put("type", "string");
  }
}
