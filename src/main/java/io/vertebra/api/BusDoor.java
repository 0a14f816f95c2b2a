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
 * {@value #TEXTUAL} lists the JSON Pointers of fields that came as text, separated by commas; the
 * headers {@value #FENCE} and {@value #IDEMPOTENCY_KEY} of a write are fields of its request.
 */
public final class BusDoor implements Door {
  public static final String TEXTUAL = "textual";

  /** The header and field of a write that says under which holding of a lock it is made. */
  public static final String FENCE = "fence";

  /** The header and field of a write by which it is done once, however often it is sent. */
  public static final String IDEMPOTENCY_KEY = "idempotencyKey";

  /** The header that says who calls. */
  public static final String AUTHORIZATION = "authorization";

  /** The header by which a member says for whose address it calls. */
  public static final String FROM = "from";

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

  @Override
  public boolean isInside() {
    return true;
  }

  private void answer(Api api, Message<Object> message) {
    TraceContext trace = TraceContext.from(message.headers());
    String action = message.headers().get("action");
    Future.succeededFuture(action == null ? "" : action)
        .compose(api::operation)
        .compose(operation -> answer(api, operation, message))
        .onSuccess(answer -> message.reply(answer, traced(trace)))
        .onFailure(cause -> fail(api, message, cause));
  }

  private Future<JsonObject> answer(Api api, Operation<?> operation, Message<Object> message) {
    return chain.apply(call(api, operation, message)).map(operation::encoded);
  }

  private static Call call(Api api, Operation<?> operation, Message<Object> message) {
    if (!(message.body() instanceof JsonObject request)) {
      throw Failure.invalid("", "the message's body must be a JSON object");
    }
    if (!operation.isRead()) {
      overlay(request, FENCE, message);
      overlay(request, IDEMPOTENCY_KEY, message);
    }
    String textual = message.headers().get(TEXTUAL);
    Set<String> pointers = textual == null ? Set.of() : new HashSet<>(List.of(textual.split(",")));
    return new Call(
        api.concern(),
        operation,
        request,
        pointers::contains,
        message.headers(),
        Call.Transport.BUS,
        message.headers().contains(FROM) ? message.headers().get(FROM) : "");
  }

  private static void overlay(JsonObject request, String field, Message<Object> message) {
    String value = message.headers().get(field);
    if (value == null) {
      return;
    }
    Object present = request.getValue(field);
    if (present != null && !present.equals(value)) {
      throw Failure.invalid("/" + field, "differs from the one in the message's header");
    }
    request.put(field, value);
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
