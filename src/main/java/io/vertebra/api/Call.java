package io.vertebra.api;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * One request for an operation, whichever door it came through.
 *
 * @param request the JSON asked with; over HTTP the body overlaid with query and path parameters
 * @param textual tells by JSON Pointer which fields came as text
 * @param headers what came along: HTTP headers or message headers, names without regard to case
 * @param transport the door
 * @param from the address of the client, as far as the door knows it; else empty
 * @param principal who calls, where that was proven to this node; empty where nobody is asked, and
 *     for a member, which asked itself
 * @param gone completes when the caller went away and wants no answer; never on the bus
 * @param stream takes the operation's feed and follows it from then on; empty if one answer is
 *     wanted
 */
public record Call(
    String concern,
    Operation<?> operation,
    JsonObject request,
    Predicate<String> textual,
    MultiMap headers,
    Transport transport,
    String from,
    String principal,
    Future<Void> gone,
    Optional<Consumer<Feed>> stream) {
  /** The field that says how long to wait for news. */
  public static final String WAIT = "waitMs";

  /** The doors. */
  public enum Transport {
    HTTP,
    BUS
  }

  /** A call that is to be answered once. */
  public Call(
      String concern,
      Operation<?> operation,
      JsonObject request,
      Predicate<String> textual,
      MultiMap headers,
      Transport transport,
      String from) {
    this(
        concern,
        operation,
        request,
        textual,
        headers,
        transport,
        from,
        "",
        Promise.<Void>promise().future(),
        Optional.empty());
  }

  /** The same call with another request. */
  public Call asking(JsonObject changed) {
    return copy(changed, principal, gone, stream);
  }

  /** The same call of somebody who may go away. */
  public Call until(Future<Void> left) {
    return copy(request, principal, left, stream);
  }

  /** The same call, of whom it proved to be. */
  public Call by(String proven) {
    return copy(request, proven, gone, stream);
  }

  private Call copy(
      JsonObject asked, String who, Future<Void> left, Optional<Consumer<Feed>> taker) {
    return new Call(concern, operation, asked, textual, headers, transport, from, who, left, taker);
  }

  /** The answer, or {@code UNAVAILABLE} once the caller is gone. */
  public static <T> Future<T> unless(Future<Void> gone, Future<T> answer) {
    Promise<T> either = Promise.promise();
    answer.onComplete(either::tryComplete, either::tryFail);
    gone.onComplete(
        left -> either.tryFail(new Failure(FailureCode.UNAVAILABLE, "the caller went away")));
    return either.future();
  }

  /** The same call, its feed taken by {@code taker}. */
  public Call streamingTo(Consumer<Feed> taker) {
    return copy(request, principal, gone, Optional.of(taker));
  }

  /** Whether it may be under way for long because it waits for news. */
  public boolean waits() {
    if (operation.feed().isPresent()) {
      return true;
    }
    Object wait = request.getMap().get(WAIT);
    return wait != null && !wait.toString().equals("0");
  }
}
