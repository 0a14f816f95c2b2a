package io.vertebra.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertebra.api.Failure;
import io.vertebra.api.Operation;
import io.vertebra.api.Violation;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes the one JSON object that an operation is asked with out of the parts of a request. */
final class RequestReader {
  private static final String JSON = "application/json";

  private final JsonObject json;
  private final Set<String> textual = new HashSet<>();
  private final List<Violation> violations = new ArrayList<>();

  private RequestReader(JsonObject json) {
    this.json = json;
  }

  /**
   * What an operation is asked with.
   *
   * @param textual JSON Pointers of the fields that came as text
   */
  record Asked(JsonObject json, Set<String> textual) {}

  /**
   * Reads body, query, path and headers.
   *
   * @param ignored a query parameter that is none of the operation's; empty for none
   * @throws Failure {@code INVALID} with everything that is wrong
   */
  static Asked read(RoutingContext context, Mounted mounted, Buffer body, String ignored) {
    HttpServerRequest request = context.request();
    RequestReader reader = new RequestReader(body(request, mounted.operation(), body));
    String prefix = mounted.operation().raw().prefix();
    if (!prefix.isEmpty()) {
      reader.json.put(Operation.Raw.HEADERS, HeaderFields.beginning(request.headers(), prefix));
    }
    if (request.query() != null) {
      reader.query(context, ignored);
    }
    if (mounted.takesRest()) {
      mounted
          .parameters(request.path())
          .ifPresent(
              sent ->
                  sent.forEach(
                      (name, text) -> reader.overlay(name, PathRest.decode(text), "the path")));
    } else {
      context
          .pathParams()
          .forEach(
              (name, value) -> {
                // A pattern's groups have numbers besides their names.
                if (mounted.operation().path().contains("/:" + name)) {
                  reader.overlay(name, value, "the path");
                }
              });
    }
    HeaderFields headers =
        new HeaderFields(request.headers(), reader.json, reader.textual, reader.violations);
    headers.ofSession(mounted.known());
    if (mounted.operation().isRead()) {
      headers.ofRead(mounted.known());
    } else {
      headers.ofWrite();
    }
    if (!reader.violations.isEmpty()) {
      throw Failure.invalid(reader.violations);
    }
    return new Asked(reader.json, reader.textual);
  }

  /** Whether a body of that type can be read; no type is none. */
  static boolean takes(Operation<?> operation, @Nullable String type) {
    return !operation.raw().taken().isEmpty() || isJson(type == null ? "" : type);
  }

  private static boolean isJson(String type) {
    int end = type.indexOf(';');
    return (end < 0 ? type : type.substring(0, end)).strip().equalsIgnoreCase(JSON);
  }

  private static JsonObject body(HttpServerRequest request, Operation<?> operation, Buffer body) {
    String member = operation.raw().taken();
    String type = request.getHeader(HttpHeaderNames.CONTENT_TYPE);
    boolean whole = !operation.raw().prefix().isEmpty();
    if (member.isEmpty() || (!whole && type != null && isJson(type))) {
      return body(body);
    }
    JsonObject json = new JsonObject();
    return body.length() == 0 && type == null ? json : json.put(member, body);
  }

  private static JsonObject body(Buffer body) {
    if (body.length() == 0) {
      return new JsonObject();
    }
    try {
      if (Json.decodeValue(body) instanceof JsonObject object) {
        return object;
      }
    } catch (DecodeException e) {
      throw Failure.invalid("", "the body is not valid JSON: " + firstLine(e));
    }
    throw Failure.invalid("", "the body must be a JSON object");
  }

  private static String firstLine(DecodeException cause) {
    return String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
  }

  private void query(RoutingContext context, String ignored) {
    MultiMap query;
    try {
      query = context.queryParams();
    } catch (HttpException malformed) {
      throw Failure.invalid("", "the query is malformed");
    }
    for (String name : query.names()) {
      if (!name.equals(ignored)) {
        query(name, query.getAll(name));
      } else if (query.getAll(name).size() > 1 || query.get(name).isEmpty()) {
        report(name, "must be given once and not be empty");
      }
    }
  }

  /** A parameter given several times is a list, whose items may then hold commas. */
  private void query(String name, List<String> values) {
    if (values.size() == 1) {
      overlay(name, values.get(0), "the query");
    } else if (json.containsKey(name)) {
      report(name, "differs from the one in the query");
    } else {
      json.put(name, new JsonArray(values));
    }
  }

  private void overlay(String name, Object value, String source) {
    Object present = json.getMap().get(name);
    if (present != null && !present.toString().equals(value.toString())) {
      report(name, "differs from the one in " + source);
    }
    json.put(name, value);
    textual.add(pointer(name));
  }

  private void report(String name, String detail) {
    violations.add(new Violation(pointer(name), detail));
  }

  /** To a member of the request. */
  static String pointer(String name) {
    return "/" + name.replace("~", "~0").replace("/", "~1");
  }
}
