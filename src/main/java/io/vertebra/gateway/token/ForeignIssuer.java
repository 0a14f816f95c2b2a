package io.vertebra.gateway.token;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.auth.token.Claims;
import io.vertebra.auth.token.VerifyingKey;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Another issuer, whose keys are fetched when they are first needed, before they are old, and when
 * a token names one that is not known. One fetch at a time, and not more often than told. Safe for
 * any thread.
 */
final class ForeignIssuer implements KeySource {
  private static final Logger LOG = LoggerFactory.getLogger(ForeignIssuer.class);
  private static final Duration MIN_AGE = Duration.ofSeconds(10);
  private static final Duration USUAL_AGE = Duration.ofMinutes(5);

  private final String issuer;
  private final Supplier<Future<JwkSet>> fetcher;
  private final TokenOptions options;
  private final IssuerMeters meters;
  private final LongSupplier nanoTime;
  private volatile @Nullable Known known;
  private volatile boolean failed;
  private @Nullable Future<JwkSet> fetching;
  private boolean everFetched;
  private long fetchedAt;

  /**
   * What is known.
   *
   * @param refreshNanos age at which the next fetch begins
   * @param freshNanos age at which to wait for it
   */
  private record Known(
      Map<String, VerifyingKey> keys, long sinceNanos, long refreshNanos, long freshNanos) {}

  /**
   * @param issuer its name, for logs and failures
   * @param fetcher fetches the keys
   */
  ForeignIssuer(
      String issuer,
      Supplier<Future<JwkSet>> fetcher,
      TokenOptions options,
      IssuerMeters meters,
      LongSupplier nanoTime) {
    this.issuer = issuer;
    this.fetcher = fetcher;
    this.options = options;
    this.meters = meters;
    this.nanoTime = nanoTime;
  }

  @Override
  public Future<Optional<VerifyingKey>> find(String id) {
    long now = nanoTime.getAsLong();
    Known present = known;
    VerifyingKey key = present == null ? null : present.keys().get(id);
    if (present != null && key != null) {
      long age = now - present.sinceNanos();
      if (age >= present.refreshNanos()) {
        Future<JwkSet> unused = fetch(now);
      }
      boolean spared = failed && age < usableNanos(present);
      if (spared || age < present.freshNanos()) {
        return Future.succeededFuture(Optional.of(key));
      }
    }
    Future<JwkSet> fetched = fetch(now);
    return fetched == null ? Future.future(promise -> answer(id, promise)) : after(fetched, id);
  }

  /** Nothing is known here of tokens that another issuer took back. */
  @Override
  public void requireInForce(Claims claims) {}

  private Future<Optional<VerifyingKey>> after(Future<JwkSet> fetched, String id) {
    Promise<Optional<VerifyingKey>> found = Promise.promise();
    Context asking = Vertx.currentContext();
    fetched.onComplete(
        done -> {
          if (asking == null) {
            answer(id, found);
          } else {
            asking.runOnContext(back -> answer(id, found));
          }
        });
    return found.future();
  }

  private void answer(String id, Promise<Optional<VerifyingKey>> asked) {
    Known present = known;
    if (present != null && nanoTime.getAsLong() - present.sinceNanos() < usableNanos(present)) {
      asked.complete(Optional.ofNullable(present.keys().get(id)));
    } else {
      asked.fail(
          new Failure(FailureCode.UNAVAILABLE, "the keys of " + issuer + " cannot be had now"));
    }
  }

  private long usableNanos(Known present) {
    return present.freshNanos() + options.maxStale().toNanos();
  }

  /** The fetch under way, or a new one; null if it is too early for another. */
  private synchronized @Nullable Future<JwkSet> fetch(long now) {
    if (fetching != null) {
      return fetching;
    }
    if (everFetched && now - fetchedAt < options.fetchInterval().toNanos()) {
      return null;
    }
    everFetched = true;
    fetchedAt = now;
    Promise<JwkSet> result = Promise.promise();
    fetching = result.future();
    Future.succeededFuture()
        .compose(begun -> fetcher.get())
        .onSuccess(this::learn)
        .onFailure(this::missed)
        .onComplete(done -> ended())
        .onComplete(result);
    return result.future();
  }

  private synchronized void ended() {
    fetching = null;
  }

  private void learn(JwkSet set) {
    Duration told = set.maxAge().orElse(USUAL_AGE);
    Duration atLeast = told.compareTo(MIN_AGE) < 0 ? MIN_AGE : told;
    Duration fresh = atLeast.compareTo(options.maxAge()) > 0 ? options.maxAge() : atLeast;
    long nanos = fresh.toNanos();
    known = new Known(set.keys(), nanoTime.getAsLong(), nanos / 4 * 3, nanos);
    failed = false;
    meters.fetched(true);
    LOG.info(
        "gateway.issuer issuer={} keys={} freshMs={}", issuer, set.keys().size(), fresh.toMillis());
  }

  private void missed(Throwable cause) {
    failed = true;
    meters.fetched(false);
    LOG.warn(
        "gateway.issuer failed issuer={} known={} cause={}",
        issuer,
        known != null,
        cause.toString());
  }
}
