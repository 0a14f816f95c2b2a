package io.vertebra.http;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertebra.api.Call;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Feed;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Lifecycle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Bounds the calls that wait for news, on every transport, and ends them when the node drains: with
 * {@code UNAVAILABLE}, so that the caller asks another node. Answers come on the caller's context.
 */
public final class WaitInterceptor implements Interceptor {
  private final Vertx vertx;
  private final Lifecycle lifecycle;
  private final int maxWaiting;
  private final AtomicInteger waiting = new AtomicInteger();
  private final Set<Runnable> enders = ConcurrentHashMap.newKeySet();

  /**
   * Counts as {@code vertebra_operation_waiting}.
   *
   * @param maxWaiting most calls that wait at once
   */
  public WaitInterceptor(Vertx vertx, Lifecycle lifecycle, MeterRegistry meters, int maxWaiting) {
    this.vertx = vertx;
    this.lifecycle = lifecycle;
    this.maxWaiting = maxWaiting;
    Gauge.builder("vertebra.operation.waiting", waiting, AtomicInteger::get)
        .description("Calls that wait for news")
        .register(meters);
    lifecycle.onDrain(() -> enders.forEach(Runnable::run));
  }

  @Override
  public Future<JsonObject> intercept(Call call, Function<Call, Future<JsonObject>> next) {
    if (!call.waits()) {
      return next.apply(call);
    }
    if (waiting.incrementAndGet() > maxWaiting) {
      waiting.decrementAndGet();
      return Failure.future(FailureCode.UNAVAILABLE, "too many callers wait for news here");
    }
    ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
    return call.stream().isPresent()
        ? stream(call, call.stream().get(), next, context)
        : poll(call, next, context);
  }

  private Future<JsonObject> poll(
      Call call, Function<Call, Future<JsonObject>> next, ContextInternal context) {
    Promise<JsonObject> answer = context.promise();
    Promise<Void> ended = Promise.promise();
    call.gone().onComplete(gone -> ended.tryComplete());
    Runnable ender =
        enter(
            () ->
                context.runOnContext(
                    now -> {
                      answer.tryFail(stopping());
                      ended.tryComplete();
                    }));
    Future<JsonObject> inner = Future.succeededFuture(call.until(ended.future())).compose(next);
    Call.unless(ended.future(), inner).onComplete(answer::tryComplete, answer::tryFail);
    return answer.future().onComplete(done -> leave(ender));
  }

  private Future<JsonObject> stream(
      Call call,
      Consumer<Feed> taker,
      Function<Call, Future<JsonObject>> next,
      ContextInternal context) {
    AtomicBoolean taken = new AtomicBoolean();
    Consumer<Feed> counting =
        feed -> {
          taken.set(true);
          taker.accept(new Counted(feed, context));
        };
    return Future.succeededFuture(call.streamingTo(counting))
        .compose(next)
        .onComplete(
            opened -> {
              if (!taken.get()) {
                waiting.decrementAndGet();
              }
            });
  }

  private Runnable enter(Runnable ender) {
    enders.add(ender);
    if (lifecycle.stage() == Lifecycle.Stage.DRAINING) {
      ender.run();
    }
    return ender;
  }

  private void leave(Runnable ender) {
    if (enders.remove(ender)) {
      waiting.decrementAndGet();
    }
  }

  private static Failure stopping() {
    return new Failure(FailureCode.UNAVAILABLE, "this node is stopping; another one will answer");
  }

  /** A feed that counts as a caller who waits until it is closed. Used on one context. */
  private final class Counted implements Feed {
    private final Feed feed;
    private final ContextInternal context;
    private final Runnable ender;
    private Promise<JsonObject> batch;
    private boolean ended;

    Counted(Feed feed, ContextInternal context) {
      this.feed = feed;
      this.context = context;
      this.batch = context.promise();
      this.ender = enter(() -> context.runOnContext(now -> end()));
    }

    private void end() {
      ended = true;
      batch.tryFail(stopping());
    }

    @Override
    public Future<JsonObject> next() {
      Promise<JsonObject> wanted = context.promise();
      batch = wanted;
      if (ended) {
        wanted.fail(stopping());
      } else {
        feed.next().onComplete(wanted::tryComplete, wanted::tryFail);
      }
      return wanted.future();
    }

    @Override
    public JsonObject idle() {
      return feed.idle();
    }

    @Override
    public Future<JsonObject> hear(JsonObject said) {
      return feed.hear(said);
    }

    @Override
    public void close() {
      leave(ender);
      feed.close();
    }
  }
}
