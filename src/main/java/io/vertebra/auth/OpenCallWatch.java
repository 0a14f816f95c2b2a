package io.vertebra.auth;

import io.vertebra.api.Call;
import io.vertebra.api.Failure;
import io.vertebra.api.Feed;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.json.JsonObject;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Calls that wait for news. Each is judged again from time to time, and ends once its caller may
 * not make it any more. There are as many as may wait ({@code api.maxWaiting}). Safe for any
 * thread; what it tells, it tells on the caller's context.
 */
final class OpenCallWatch {
  private final Vertx vertx;
  private final Set<Entry> entries = ConcurrentHashMap.newKeySet();

  OpenCallWatch(Vertx vertx) {
    this.vertx = vertx;
  }

  int count() {
    return entries.size();
  }

  /** Ends those whose callers may not make them any more. */
  void judge() {
    entries.forEach(this::judge);
  }

  private void judge(Entry entry) {
    try {
      entry.judge().run();
    } catch (Failure over) {
      if (entries.remove(entry)) {
        entry.end().accept(over);
      }
    }
  }

  /**
   * Answers a call until its caller may not make it any more.
   *
   * @param judge throws a {@link Failure} from then on
   */
  Future<JsonObject> follow(Call call, Runnable judge, Function<Call, Future<JsonObject>> next) {
    ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
    return call.stream().isPresent()
        ? stream(call, call.stream().get(), judge, next, context)
        : poll(call, judge, next, context);
  }

  private Future<JsonObject> stream(
      Call call,
      Consumer<Feed> taker,
      Runnable judge,
      Function<Call, Future<JsonObject>> next,
      ContextInternal context) {
    return next.apply(call.streamingTo(feed -> taker.accept(new Judged(feed, judge, context))));
  }

  private Future<JsonObject> poll(
      Call call, Runnable judge, Function<Call, Future<JsonObject>> next, ContextInternal context) {
    Promise<JsonObject> answer = context.promise();
    Promise<Void> left = context.promise();
    call.gone().onComplete(gone -> left.tryComplete());
    Entry entry =
        enter(
            judge,
            over -> {
              answer.tryFail(over);
              left.tryComplete();
            });
    next.apply(call.until(left.future())).onComplete(answer::tryComplete, answer::tryFail);
    return answer.future().onComplete(done -> leave(entry));
  }

  private Entry enter(Runnable judge, Consumer<Failure> end) {
    Entry entry = new Entry(judge, end);
    boolean unused = entries.add(entry);
    return entry;
  }

  private void leave(Entry entry) {
    boolean unused = entries.remove(entry);
  }

  /** Told apart by identity, for the lambdas in it are. */
  private record Entry(Runnable judge, Consumer<Failure> end) {}

  /** A feed that fails once its reader may not read it any more. Used on one context. */
  private final class Judged implements Feed {
    private final Feed feed;
    private final ContextInternal context;
    private final Entry entry;
    private Promise<JsonObject> batch;

    Judged(Feed feed, Runnable judge, ContextInternal context) {
      this.feed = feed;
      this.context = context;
      this.batch = context.promise();
      this.entry = enter(judge, over -> context.runOnContext(now -> batch.tryFail(over)));
    }

    @Override
    public Future<JsonObject> next() {
      Promise<JsonObject> wanted = context.promise();
      batch = wanted;
      try {
        // Whoever was out between two batches was told to nobody.
        entry.judge().run();
        feed.next().onComplete(wanted::tryComplete, wanted::tryFail);
      } catch (Failure over) {
        wanted.fail(over);
      }
      return wanted.future();
    }

    @Override
    public JsonObject idle() {
      return feed.idle();
    }

    @Override
    public Future<JsonObject> hear(JsonObject said) {
      return Future.succeededFuture()
          .compose(
              open -> {
                entry.judge().run();
                return feed.hear(said);
              });
    }

    @Override
    public void close() {
      leave(entry);
      feed.close();
    }
  }
}
