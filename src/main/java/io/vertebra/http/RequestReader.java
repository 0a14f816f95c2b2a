package io.vertebra.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertebra.api.Failure;
import io.vertebra.api.Violation;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.HttpException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes the one JSON object that an operation is asked with out of the parts of a request. */
final class RequestReader {
  private static final String REVISION = "ifRevision";
  private static final Pattern ENTITY_TAG = Pattern.compile("\"(0|[1-9]\\d{0,17})\"");

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
   * Reads body, query, path and {@code If-Match}.
   *
   * @param ignored a query parameter that is none of the operation's; empty for none
   * @throws Failure {@code INVALID} with everything that is wrong
   */
  static Asked read(RoutingContext context, String ignored) {
    RequestReader reader = new RequestReader(body(context.body().buffer()));
    MultiMap query = query(context);
    for (String name : query.names()) {
      if (!name.equals(ignored)) {
        reader.query(name, query.getAll(name));
      } else if (query.getAll(name).size() > 1 || query.get(name).isEmpty()) {
        reader.report(name, "must be given once and not be empty");
      }
    }
    for (Map.Entry<String, String> parameter : context.pathParams().entrySet()) {
      reader.overlay(parameter.getKey(), parameter.getValue(), "the path");
    }
    reader.revision(context);
    if (!reader.violations.isEmpty()) {
      throw Failure.invalid(reader.violations);
    }
    return new Asked(reader.json, reader.textual);
  }

  static boolean isRead(HttpMethod method) {
    return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
  }

  private static JsonObject body(@Nullable Buffer body) {
    if (body == null || body.length() == 0) {
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

  private static MultiMap query(RoutingContext context) {
    try {
      return context.queryParams();
    } catch (HttpException malformed) {
      throw Failure.invalid("", "the query is malformed");
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

  private void overlay(String name, String value, String source) {
    Object present = json.getValue(name);
    if (present != null && !present.toString().equals(value)) {
      report(name, "differs from the one in " + source);
    }
    json.put(name, value);
    textual.add(pointer(name));
  }

  private void revision(RoutingContext context) {
    if (isRead(context.request().method())) {
      return;
    }
    String match = context.request().getHeader(HttpHeaderNames.IF_MATCH);
    String noneMatch = context.request().getHeader(HttpHeaderNames.IF_NONE_MATCH);
    if (match != null) {
      Matcher tag = ENTITY_TAG.matcher(match);
      if (tag.matches()) {
        expect(Long.parseLong(tag.group(1)), "If-Match");
      } else {
        report(REVISION, "needs one entity tag that is a revision in If-Match, as in \"12\"");
      }
    }
    if (noneMatch != null) {
      if (noneMatch.equals("*")) {
        expect(0, "If-None-Match");
      } else {
        report(REVISION, "takes only * in If-None-Match of a write");
      }
    }
  }

  private void expect(long revision, String header) {
    Object present = json.getValue(REVISION);
    if (present != null && !present.toString().equals(Long.toString(revision))) {
      report(REVISION, "differs from the one in " + header);
    }
    json.put(REVISION, revision);
    textual.remove(pointer(REVISION));
  }

  private void report(String name, String detail) {
    violations.add(new Violation(pointer(name), detail));
  }

  private static String pointer(String name) {
    return "/" + name.replace("~", "~0").replace("/", "~1");
  }
}
