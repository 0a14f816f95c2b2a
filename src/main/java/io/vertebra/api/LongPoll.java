package io.vertebra.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Asks for one batch of a feed.
 *
 * @param patience how long to wait for news; JSON {@code waitMs}, 0 to 60 s, 30 s unless given
 */
public record LongPoll<Q>(Q request, Duration patience) {
  /** The longest that a caller may wait for news. */
  public static final long MAX_WAIT_MS = 60_000;

  /** What there is already takes its time to be read, which must not pass for having none. */
  private static final Duration AT_LEAST = Duration.ofMillis(50);

  static <Q> Function<Fields, LongPoll<Q>> reading(Function<Fields, Q> reader) {
    return fields -> {
      Duration patience =
          fields
              .millis(Call.WAIT, 0, MAX_WAIT_MS)
              .about("How long to wait for news; not for server-sent events.")
              .orElse(Duration.ofSeconds(30));
      return new LongPoll<>(reader.apply(fields), patience);
    };
  }

  /**
   * The first batch; fails once the caller is gone.
   *
   * @param opener is told how long the batch is waited for
   */
  Future<JsonObject> answer(BiFunction<Q, Duration, Future<Feed>> opener, Future<Void> gone) {
    Duration time = patience.compareTo(AT_LEAST) < 0 ? AT_LEAST : patience;
    return opener
        .apply(request, time)
        .compose(feed -> Call.unless(gone, first(feed, time)).onComplete(done -> feed.close()));
  }

  private static Future<JsonObject> first(Feed feed, Duration time) {
    return feed.next()
        .timeout(time.toMillis(), TimeUnit.MILLISECONDS)
        .recover(
            cause ->
                cause instanceof TimeoutException
                    ? Future.succeededFuture(feed.idle())
                    : Future.failedFuture(cause));
  }
}
