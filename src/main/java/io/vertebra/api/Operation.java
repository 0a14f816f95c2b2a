package io.vertebra.api;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * One thing a concern can do: {@code action} on the bus, {@code method path} over HTTP. Either way
 * the request is one JSON object, over HTTP the body overlaid with the parameters of query and
 * path, and with fields from headers: {@code ifRevision} from {@code If-Match}, {@code fence} from
 * {@code If-Fence} and others. An answer with a {@code revision} carries it as {@code ETag}.
 *
 * @param action the word on the bus, unique within the concern
 * @param path with {@code :name} for a segment; a last {@code *name} takes the rest of the path as
 *     it was sent, decoded once
 * @param summary one sentence for the documentation
 * @param reader how the request is read and checked
 * @param handler what is done
 * @param answer the JSON Schema of the answer
 * @param raw which members can be whole bodies
 * @param feed how news are followed over a lasting connection, if they can be
 */
public record Operation<Q>(
    String action,
    HttpMethod method,
    String path,
    String summary,
    Function<Fields, Q> reader,
    Function<Q, Future<JsonObject>> handler,
    JsonObject answer,
    Raw raw,
    Optional<Function<Q, Future<Feed>>> feed) {

  /**
   * Members that can be bodies.
   *
   * @param taken becomes what a body of any type but JSON holds; empty for none
   * @param given is the body of an answer to those who prefer bytes; empty for none
   */
  public record Raw(String taken, String given) {
    static final Raw NONE = new Raw("", "");
  }

  /** An operation whose answer is some JSON object. */
  public static <Q> Operation<Q> of(
      String action,
      HttpMethod method,
      String path,
      String summary,
      Function<Fields, Q> reader,
      Function<Q, Future<JsonObject>> handler) {
    JsonObject anyObject = new JsonObject().put("type", "object");
    return new Operation<>(
        action, method, path, summary, reader, handler, anyObject, Raw.NONE, Optional.empty());
  }

  /**
   * News: as server-sent events for HTTP clients that accept these, else one batch, waited for as
   * long as the request's {@code waitMs} says.
   *
   * @param opener is told how long the first batch is waited for; zero if the reader stays
   */
  public static <Q> Operation<LongPoll<Q>> feed(
      String action,
      String path,
      String summary,
      Function<Fields, Q> reader,
      BiFunction<Q, Duration, Future<Feed>> opener) {
    JsonObject anyObject = new JsonObject().put("type", "object");
    return new Operation<>(
        action,
        HttpMethod.GET,
        path,
        summary,
        LongPoll.reading(reader),
        poll -> poll.answer(opener),
        anyObject,
        Raw.NONE,
        Optional.of(poll -> opener.apply(poll.request(), Duration.ZERO)));
  }

  /** The same operation, its answer described by {@code schema}. */
  public Operation<Q> answering(JsonObject schema) {
    return new Operation<>(action, method, path, summary, reader, handler, schema, raw, feed);
  }

  /** The same, a body that is not JSON being the member {@code name}. */
  public Operation<Q> takingBytes(String name) {
    Raw bodies = new Raw(name, raw.given());
    return new Operation<>(action, method, path, summary, reader, handler, answer, bodies, feed);
  }

  /** The same, the member {@code name} being the body for those who prefer bytes to JSON. */
  public Operation<Q> givingBytes(String name) {
    Raw bodies = new Raw(raw.taken(), name);
    return new Operation<>(action, method, path, summary, reader, handler, answer, bodies, feed);
  }

  /** Whether it changes nothing. */
  public boolean isRead() {
    return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
  }

  /** The answer without buffers: the one that can be a body as base64. */
  public JsonObject encoded(JsonObject given) {
    return !raw.given().isEmpty() && given.getMap().get(raw.given()) instanceof Buffer bytes
        ? given.put(raw.given(), Base64.getEncoder().encodeToString(bytes.getBytes()))
        : given;
  }

  /** Reads the request and runs the handler; an exception becomes a failed future. */
  Future<JsonObject> run(Call call) {
    return Future.succeededFuture(Fields.of(call.request(), call.textual()))
        .map(reader)
        .compose(request -> answer(request, call));
  }

  private Future<JsonObject> answer(Q request, Call call) {
    if (call.stream().isEmpty() || feed.isEmpty()) {
      return handler.apply(request);
    }
    return feed.get()
        .apply(request)
        .map(
            opened -> {
              call.stream().get().accept(opened);
              return new JsonObject();
            });
  }
}
