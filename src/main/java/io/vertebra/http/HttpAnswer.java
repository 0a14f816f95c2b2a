package io.vertebra.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/** Sends what an operation answers: as JSON, as bytes, or not at all to whoever has it already. */
final class HttpAnswer {
  static final String BYTES = "application/octet-stream";
  private static final String JSON = "application/json";

  private HttpAnswer() {}

  /**
   * @param request what the operation was asked with
   */
  static void send(
      HttpServerRequest asked, Operation<?> operation, JsonObject request, JsonObject answer) {
    HttpServerResponse response = asked.response();
    if (response.ended() || response.closed()) {
      return;
    }
    boolean canBeBytes = !operation.raw().given().isEmpty();
    Optional<Operation.Form> form = operation.raw().form();
    if (canBeBytes || form.isPresent()) {
      response.headers().add(HttpHeaderNames.VARY, "accept");
    }
    if (answer.getMap().get("revision") instanceof Number revision) {
      String tag = "\"" + revision.longValue() + "\"";
      response.putHeader(HttpHeaderNames.ETAG, tag);
      if (operation.isRead() && isKnown(asked, request, tag)) {
        Future<Void> unused = response.setStatusCode(304).end();
        return;
      }
    }
    Object bytes = canBeBytes ? answer.getMap().get(operation.raw().given()) : null;
    String accept = asked.getHeader(HttpHeaderNames.ACCEPT);
    if (form.isPresent() && Accepted.prefers(accept, form.get().mediaType(), JSON)) {
      response.putHeader(HttpHeaderNames.CONTENT_TYPE, form.get().mediaType());
      Future<Void> unused = response.end(form.get().encoder().apply(request, answer));
    } else if (bytes instanceof Buffer buffer && Accepted.prefers(accept, BYTES, JSON)) {
      response.putHeader(HttpHeaderNames.CONTENT_TYPE, BYTES);
      Future<Void> unused = response.end(buffer);
    } else {
      response.putHeader(HttpHeaderNames.CONTENT_TYPE, JSON);
      Future<Void> unused = response.end(operation.encoded(answer).toBuffer());
    }
  }

  /** Whether a reader has this revision already (RFC 9110 section 13.1.2). */
  private static boolean isKnown(HttpServerRequest asked, JsonObject request, String tag) {
    Object had = request.getMap().get(HeaderFields.IF_NOT_REVISION);
    if (had != null && tag.equals("\"" + had + "\"")) {
      return true;
    }
    String known = asked.getHeader(HttpHeaderNames.IF_NONE_MATCH);
    if (known == null) {
      return false;
    }
    for (String each : known.split(",", -1)) {
      String candidate = each.strip();
      if (candidate.equals("*") || candidate.equals(tag) || candidate.equals("W/" + tag)) {
        return true;
      }
    }
    return false;
  }
}
