package io.vertebra.sqs;

import io.vertebra.api.Kernel;
import io.vertebra.api.TraceContext;
import io.vertebra.http.AwsCredential;
import io.vertebra.http.CompatibleDoor;
import io.vertebra.http.RequestBody;
import io.vertebra.queue.AskedQueueService;
import io.vertebra.queue.QueueService;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers clients of SQS on the api listener: at {@code /}, at {@code /sqs} for those that share it
 * with others, and at URLs of queues, where older ones ask. Requests there that are not of SQS are
 * left to others.
 */
public final class SqsVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(SqsVerticle.class);
  private static final String PREFIX = "/sqs";
  private static final String PATHS = "(/sqs)?(/|/[0-9]{12}/[^/]+)?";
  private static final String TARGET = "X-Amz-Target";
  private static final String SERVICE = "AmazonSQS.";
  private static final String TYPE = "application/x-amz-json-1.0";

  private final Kernel kernel;
  private final Listener listener;
  private final SqsOptions options;
  private final LongSupplier nanoTime;
  private final Map<String, Action> actions = new HashMap<>();

  /**
   * The listener that is answered on.
   *
   * @param router behind its checks
   * @param door which answers for the operations of queues
   * @param bodyBytes longest body
   */
  public record Listener(Router router, CompatibleDoor door, long bodyBytes) {}

  /** Prepares it; queues are used from the start on. */
  public SqsVerticle(Kernel kernel, Listener listener, SqsOptions options, LongSupplier nanoTime) {
    this.kernel = kernel;
    this.listener = listener;
    this.options = options;
    this.nanoTime = nanoTime;
  }

  @Override
  public Future<?> start() {
    if (options.enabled()) {
      QueueNames names = new QueueNames(options);
      KnownQueues known = new KnownQueues(inside(), nanoTime);
      actions.putAll(new QueueActions(names, known, kernel.clock()).byName());
      actions.putAll(new ListActions(names).byName());
      actions.putAll(new MessageActions(names, known).byName());
      actions.putAll(new TaskActions(names).byName());
      listener.router().postWithRegex(PATHS).handler(this::handle);
      LOG.info("sqs.paths offered region={} account={}", options.region(), options.account());
    }
    return Future.succeededFuture();
  }

  private QueueService inside() {
    return new AskedQueueService(
        (action, json) -> listener.door().askInside(AskedQueueService.CONCERN, action, json));
  }

  private void handle(RoutingContext context) {
    HttpServerRequest request = context.request();
    String target = request.getHeader(TARGET);
    if (target == null || !target.startsWith(SERVICE)) {
      context.next();
      return;
    }
    String action = target.substring(SERVICE.length());
    RequestBody.read(context, listener.bodyBytes(), body -> answer(request, action, body));
  }

  private void answer(HttpServerRequest request, String action, Buffer body) {
    TraceContext trace = TraceContext.from(request.headers()).child();
    trace.writeTo(request.headers());
    request
        .response()
        .putHeader(TraceContext.HEADER, trace.traceparent())
        .putHeader("x-amzn-RequestId", trace.traceId());
    Future.succeededFuture()
        .compose(unused -> action(action).answer(asked(request, parse(body))))
        .onSuccess(json -> send(request.response(), 200, json))
        .onFailure(cause -> fail(request, action, cause));
  }

  private Action action(String name) {
    Action action = actions.get(name);
    if (action == null) {
      throw new SqsException(
          SqsError.UNKNOWN_OPERATION, "The action " + name + " is not valid for this endpoint.");
    }
    return action;
  }

  private static Params parse(Buffer body) {
    try {
      return new Params(body.length() == 0 ? new JsonObject() : new JsonObject(body));
    } catch (DecodeException | ClassCastException e) {
      throw new SqsException(SqsError.SERIALIZATION, "The body is not a JSON object.");
    }
  }

  private Asked asked(HttpServerRequest request, Params params) {
    String credential = AwsCredential.of(request.headers());
    QueueService queues =
        new AskedQueueService(
            (action, json) ->
                listener.door().ask(request, credential, AskedQueueService.CONCERN, action, json));
    return new Asked(params, queues, base(request));
  }

  /** Where the client reached this node, as it says itself. */
  private static String base(HttpServerRequest request) {
    HostAndPort authority = request.authority();
    String host = authority == null ? "localhost" : authority.toString();
    String path = String.valueOf(request.path());
    return request.scheme() + "://" + host + (path.startsWith(PREFIX) ? PREFIX : "");
  }

  private static void fail(HttpServerRequest request, String action, Throwable cause) {
    SqsException failure = SqsException.of(cause);
    if (failure.error() == SqsError.INTERNAL_FAILURE) {
      LOG.error("sqs.request failed action={}", action, cause);
    }
    String fault = failure.error().isFaultOfSender() ? ";Sender" : ";Receiver";
    request.response().putHeader("x-amzn-query-error", failure.error().code() + fault);
    send(request.response(), failure.error().status(), failure.toJson());
  }

  private static void send(HttpServerResponse response, int status, JsonObject json) {
    if (response.ended() || response.closed()) {
      return;
    }
    response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, TYPE);
    response.end(json.toBuffer()).onFailure(gone -> LOG.debug("sqs.answer lost", gone));
  }
}
