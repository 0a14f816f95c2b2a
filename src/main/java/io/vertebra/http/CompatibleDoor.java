package io.vertebra.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertebra.api.Api;
import io.vertebra.api.Call;
import io.vertebra.api.Door;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The door for APIs of other systems whose requests are translated into operations. Whoever sent
 * the request needs for it what the operation itself needs, and it is counted and bounded likewise.
 */
public final class CompatibleDoor implements Door {
  private final Function<Call, Future<JsonObject>> checked;
  private final Function<Call, Future<JsonObject>> unchecked = Interceptor.chain(List.of());
  private final Consumer<HttpServerRequest> released;
  private final Map<String, Api> apis = new ConcurrentHashMap<>();

  /**
   * @param chain what answers a call
   * @param released is told of requests that wait for news and are bounded by that
   */
  public CompatibleDoor(
      Function<Call, Future<JsonObject>> chain, Consumer<HttpServerRequest> released) {
    this.checked = chain;
    this.released = released;
  }

  @Override
  public Future<Void> open(Api api) {
    apis.put(api.concern(), api);
    return Future.succeededFuture();
  }

  /**
   * Has an operation answered in the name of whoever sent a request; {@code UNAVAILABLE} if it is
   * not offered here. To be called on the context of the request.
   *
   * @param credential what the request shows of who sent it, as in {@code Authorization}; empty for
   *     nothing
   */
  public Future<JsonObject> ask(
      HttpServerRequest request,
      String credential,
      String concern,
      String action,
      JsonObject asked) {
    ClientCertificate.mark(request);
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().addAll(request.headers());
    headers.remove(HttpHeaderNames.AUTHORIZATION);
    if (!credential.isEmpty()) {
      headers.set(HttpHeaderNames.AUTHORIZATION, credential);
    }
    return operation(concern, action)
        .map(found -> call(concern, found, asked, headers, Access.address(request)))
        .compose(call -> call.waits() ? wait(request, call) : checked.apply(call));
  }

  private Future<JsonObject> wait(HttpServerRequest request, Call call) {
    Promise<Void> gone = Promise.promise();
    request.response().closeHandler(gone::tryComplete);
    released.accept(request);
    return checked.apply(call.until(gone.future()));
  }

  /** Has an operation answered for this node itself, which may do anything. */
  public Future<JsonObject> askInside(String concern, String action, JsonObject asked) {
    MultiMap none = MultiMap.caseInsensitiveMultiMap();
    return operation(concern, action)
        .compose(found -> unchecked.apply(call(concern, found, asked, none, "")));
  }

  private static Call call(
      String concern, Operation<?> operation, JsonObject asked, MultiMap headers, String from) {
    return new Call(
        concern, operation, asked, pointer -> false, headers, Call.Transport.HTTP, from);
  }

  private Future<Operation<?>> operation(String concern, String action) {
    Api api = apis.get(concern);
    List<Operation<?>> all = api == null ? List.of() : api.operations();
    for (Operation<?> operation : all) {
      if (operation.action().equals(action)) {
        return Future.succeededFuture(operation);
      }
    }
    return Failure.future(
        FailureCode.UNAVAILABLE, "this node does not offer " + concern + "." + action);
  }
}
