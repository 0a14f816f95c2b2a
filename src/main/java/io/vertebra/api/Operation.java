package io.vertebra.api;

import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;

/**
 * One thing a concern can do: {@code action} on the bus, {@code method path} over HTTP. Either way
 * the request is one JSON object, over HTTP the body overlaid with the parameters of query and
 * path, and with {@code ifRevision} from {@code If-Match}. An answer with a {@code revision}
 * carries it as {@code ETag}.
 *
 * @param action the word on the bus, unique within the concern
 * @param path with {@code :name} for parameters
 * @param summary one sentence for the documentation
 * @param reader how the request is read and checked
 * @param handler what is done
 * @param answer the JSON Schema of the answer
 */
public record Operation<Q>(
    String action,
    HttpMethod method,
    String path,
    String summary,
    Function<Fields, Q> reader,
    Function<Q, Future<JsonObject>> handler,
    JsonObject answer) {

  /** An operation whose answer is some JSON object. */
  public static <Q> Operation<Q> of(
      String action,
      HttpMethod method,
      String path,
      String summary,
      Function<Fields, Q> reader,
      Function<Q, Future<JsonObject>> handler) {
    JsonObject anyObject = new JsonObject().put("type", "object");
    return new Operation<>(action, method, path, summary, reader, handler, anyObject);
  }

  /** The same operation, its answer described by {@code schema}. */
  public Operation<Q> answering(JsonObject schema) {
    return new Operation<>(action, method, path, summary, reader, handler, schema);
  }

  /** Reads the request and runs the handler; an exception becomes a failed future. */
  Future<JsonObject> run(Call call) {
    return Future.succeededFuture(Fields.of(call.request(), call.textual()))
        .map(reader)
        .compose(handler);
  }
}
