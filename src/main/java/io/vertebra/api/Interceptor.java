package io.vertebra.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;

/**
 * Something done around every operation, written once for every door: counting, admission,
 * authentication. It may refuse (fail the future), go on, or change the answer.
 */
@FunctionalInterface
public interface Interceptor {

  /**
   * Handles a call on its way in and its answer on the way out.
   *
   * @param next what lies behind this interceptor
   */
  Future<JsonObject> intercept(Call call, Function<Call, Future<JsonObject>> next);

  /** The operation itself behind {@code interceptors}, the first one outermost. */
  static Function<Call, Future<JsonObject>> chain(List<Interceptor> interceptors) {
    Function<Call, Future<JsonObject>> chain = call -> call.operation().run(call);
    for (int i = interceptors.size() - 1; i >= 0; i--) {
      Interceptor interceptor = interceptors.get(i);
      Function<Call, Future<JsonObject>> next = chain;
      chain = call -> interceptor.intercept(call, next);
    }
    return chain;
  }
}
