package io.vertebra.api;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
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
 * @param handler what is done; is told when the caller went away
 * @param answer the JSON Schema of the answer
 * @param raw which members can be whole bodies
 * @param feed how news are followed over a lasting connection, if they can be
 * @param others what a request writes beside what its path names; the request is not checked yet
 */
public record Operation<Q>(
    String action,
    HttpMethod method,
    String path,
    String summary,
    Function<Fields, Q> reader,
    BiFunction<Q, Future<Void>, Future<JsonObject>> handler,
    JsonObject answer,
    Raw raw,
    Optional<Following<Q>> feed,
    Function<JsonObject, List<Other>> others) {

  /**
   * Members that can be bodies.
   *
   * @param taken becomes what a body of any type but JSON holds; empty for none
   * @param prefix of the names of headers that become the member {@value #HEADERS}, as does {@code
   *     Content-Type}; then JSON is a body like any other; empty for none
   * @param given is the body of an answer to those who prefer bytes; empty for none
   * @param form another one of the answer, for those who prefer that
   */
  public record Raw(String taken, String prefix, String given, Optional<Form> form) {
    static final Raw NONE = new Raw("", "", "", Optional.empty());

    /** The member of headers, with names in lower case. */
    public static final String HEADERS = "headers";
  }

  /**
   * An answer as a document of another standard.
   *
   * @param encoder makes it of the request and the answer
   */
  public record Form(String mediaType, BiFunction<JsonObject, JsonObject, Buffer> encoder) {}

  /** How news are followed over a lasting connection. */
  public record Following<Q>(Function<Q, Future<Feed>> opener, Manner manner) {}

  /** The kinds of lasting connections. */
  public enum Manner {
    /** Server-sent events of what others see as well; else one batch. */
    NEWS,
    /** Server-sent events of what others do not get then, so that to read is to write. */
    TAKING,
    /** The same over a WebSocket, where the reader speaks too. */
    SOCKET
  }

  /**
   * Something of another concern or name that is written too, which the caller must be permitted.
   *
   * @param concern as in the paths of its operations
   */
  public record Other(String concern, String name) {}

  /** An operation whose answer is some JSON object. */
  public static <Q> Operation<Q> of(
      String action,
      HttpMethod method,
      String path,
      String summary,
      Function<Fields, Q> reader,
      Function<Q, Future<JsonObject>> handler) {
    return waiting(
        action, method, path, summary, reader, (request, gone) -> handler.apply(request));
  }

  /**
   * An operation that may wait, as long as {@link Call#WAIT} says.
   *
   * @param handler is told when the caller went away, so that it need not wait any more
   */
  public static <Q> Operation<Q> waiting(
      String action,
      HttpMethod method,
      String path,
      String summary,
      Function<Fields, Q> reader,
      BiFunction<Q, Future<Void>, Future<JsonObject>> handler) {
    JsonObject anyObject = new JsonObject().put("type", "object");
    return new Operation<>(
        action,
        method,
        path,
        summary,
        reader,
        handler,
        anyObject,
        Raw.NONE,
        Optional.empty(),
        request -> List.of());
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
        (poll, gone) -> poll.answer(opener, gone),
        anyObject,
        Raw.NONE,
        Optional.of(
            new Following<>(poll -> opener.apply(poll.request(), Duration.ZERO), Manner.NEWS)),
        request -> List.of());
  }

  /** What is given to one reader alone, over a lasting connection and in no other way. */
  public static <Q> Operation<Q> taking(
      String action,
      String path,
      Manner manner,
      String summary,
      Function<Fields, Q> reader,
      Function<Q, Future<Feed>> opener) {
    String needed = manner == Manner.SOCKET ? "a WebSocket" : "HTTP, as server-sent events";
    JsonObject anyObject = new JsonObject().put("type", "object");
    return new Operation<>(
        action,
        HttpMethod.GET,
        path,
        summary,
        reader,
        (request, gone) -> Failure.future(FailureCode.INVALID, action + " needs " + needed),
        anyObject,
        Raw.NONE,
        Optional.of(new Following<>(opener, manner)),
        request -> List.of());
  }

  /** The same operation, its answer described by {@code schema}. */
  public Operation<Q> answering(JsonObject schema) {
    return new Operation<>(
        action, method, path, summary, reader, handler, schema, raw, feed, others);
  }

  /** The same, a body that is not JSON being the member {@code name}. */
  public Operation<Q> takingBytes(String name) {
    Raw bodies = new Raw(name, "", raw.given(), raw.form());
    return new Operation<>(
        action, method, path, summary, reader, handler, answer, bodies, feed, others);
  }

  /** The same, the member {@code name} being the body for those who prefer bytes to JSON. */
  public Operation<Q> givingBytes(String name) {
    Raw bodies = new Raw(raw.taken(), raw.prefix(), name, raw.form());
    return new Operation<>(
        action, method, path, summary, reader, handler, answer, bodies, feed, others);
  }

  /** The same, whose requests write something beside what the path names. */
  public Operation<Q> alsoWriting(Function<JsonObject, List<Other>> named) {
    return new Operation<>(
        action, method, path, summary, reader, handler, answer, raw, feed, named);
  }

  /**
   * The same, any body being the member {@code name}, and headers the member {@value Raw#HEADERS}.
   *
   * @param prefix of the names of headers that are
   */
  public Operation<Q> takingRequests(String name, String prefix) {
    Raw bodies = new Raw(name, prefix, raw.given(), raw.form());
    return new Operation<>(
        action, method, path, summary, reader, handler, answer, bodies, feed, others);
  }

  /** The same, its answer being another document for those who prefer that. */
  public Operation<Q> givingAlso(Form form) {
    Raw bodies = new Raw(raw.taken(), raw.prefix(), raw.given(), Optional.of(form));
    return new Operation<>(
        action, method, path, summary, reader, handler, answer, bodies, feed, others);
  }

  /** Whether whoever reads by it takes what is read from others. */
  public boolean takes() {
    return feed.filter(following -> following.manner() != Manner.NEWS).isPresent();
  }

  /** Whether it is done over a lasting connection of that kind. */
  public boolean isDoneBy(Manner manner) {
    return feed.filter(following -> following.manner() == manner).isPresent();
  }

  /** Whether it is a safe request of HTTP. */
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
      return handler.apply(request, call.gone());
    }
    return feed.get()
        .opener()
        .apply(request)
        .map(
            opened -> {
              call.stream().get().accept(opened);
              return new JsonObject();
            });
  }
}
