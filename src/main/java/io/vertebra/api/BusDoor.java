package io.vertebra.api;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The door for other verticles. Every concern is heard at {@code vertebra.<concern>} (a concern of
 * scope {@code NODE} only by its own node) and at {@code vertebra.<concern>.<node>}. The header
 * {@value #TEXTUAL} lists the JSON Pointers of fields that came as text, separated by commas.
 */
public final class BusDoor implements Door {
  public static final String TEXTUAL = "textual";
  private static final Logger LOG = LoggerFactory.getLogger(BusDoor.class);

  private final Vertx vertx;
  private final String node;
  private final Function<Call, Future<JsonObject>> chain;

  /**
   * @param node the id of this node
   * @param chain what answers a call
   */
  public BusDoor(Vertx vertx, String node, Function<Call, Future<JsonObject>> chain) {
    this.vertx = vertx;
    this.node = node;
    this.chain = chain;
  }

  @Override
  public Future<Void> open(Api api) {
    EventBus bus = vertx.eventBus();
    MessageConsumer<Object> shared =
        api.scope() == Api.Scope.NODE
            ? bus.localConsumer(api.address())
            : bus.consumer(api.address());
    MessageConsumer<Object> own = bus.consumer(api.addressOn(node));
    shared.handler(message -> answer(api, message));
    own.handler(message -> answer(api, message));
    return Future.all(shared.completion(), own.completion()).mapEmpty();
  }

  private void answer(Api api, Message<Object> message) {
    TraceContext trace = TraceContext.from(message.headers());
    String action = message.headers().get("action");
    Future.succeededFuture(action == null ? "" : action)
        .compose(api::operation)
        .map(operation -> call(api, operation, message))
        .compose(chain)
        .onSuccess(answer -> message.reply(answer, traced(trace)))
        .onFailure(cause -> fail(api, message, cause));
  }

  private static Call call(Api api, Operation<?> operation, Message<Object> message) {
    if (!(message.body() instanceof JsonObject request)) {
      throw Failure.invalid("", "the message's body must be a JSON object");
    }
    String textual = message.headers().get(TEXTUAL);
    Set<String> pointers = textual == null ? Set.of() : new HashSet<>(List.of(textual.split(",")));
    return new Call(
        api.concern(),
        operation,
        request,
        pointers::contains,
        message.headers(),
        Call.Transport.BUS);
  }

  private static DeliveryOptions traced(TraceContext trace) {
    DeliveryOptions options = new DeliveryOptions();
    return options.addHeader(TraceContext.HEADER, trace.traceparent());
  }

  private static void fail(Api api, Message<Object> message, Throwable cause) {
    Failure failure = Failure.of(cause);
    if (failure.code() == FailureCode.INTERNAL) {
      LOG.error("operation.failed concern={}", api.concern(), cause);
    }
    message.fail(failure.code().httpStatus(), failure.getMessage());
  }
}
