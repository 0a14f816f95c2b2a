package io.vertebra.auth;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Makes guessing slow. Attempts are counted before they are made, so that many at once gain
 * nothing; by account and address prefix for strangers and by account and device for devices that
 * logged in before, so that whoever guesses elsewhere locks nobody else out.
 */
final class LockoutService {
  private static final Duration MEMORY = Duration.ofHours(1);

  private final AuthStore store;
  private final LockoutOptions options;
  private final Clock clock;

  LockoutService(AuthStore store, LockoutOptions options, Clock clock) {
    this.store = store;
    this.options = options;
    this.clock = clock;
  }

  /** What counts the attempts of one kind of guessing. */
  private record Counter(DocumentId id, int free) {}

  /**
   * Counts an attempt; {@code LIMITED} if it comes too early.
   *
   * @param device a known one, or empty
   */
  Future<Void> enter(String account, String address, String device) {
    Future<Void> own = count(counter(account, address, device));
    return device.isEmpty() ? own.compose(counted -> count(ofAddress(address))) : own;
  }

  /** The change that forgets the attempts to an account, for one of them was right. */
  Change forgiven(String account, String address, String device) {
    return Change.remove(counter(account, address, device).id());
  }

  private Counter counter(String account, String address, String device) {
    String who = device.isEmpty() ? "a/" + AddressPrefix.of(address) : "d/" + device;
    return new Counter(id(Digests.of(account) + "/" + who), options.freeAttempts());
  }

  private Counter ofAddress(String address) {
    return new Counter(id("*/a/" + AddressPrefix.of(address)), options.addressAttempts());
  }

  private static DocumentId id(String name) {
    return new DocumentId(DocumentId.Kind.ATTEMPT, name);
  }

  private Future<Void> count(Counter counter) {
    return count(counter, AuthStore.MAX_TRIES);
  }

  private Future<Void> count(Counter counter, int tries) {
    return store
        .read(counter.id())
        .compose(
            found -> {
              JsonObject before =
                  found
                      .filter(document -> !document.isExpired(clock.millis()))
                      .map(Document::value)
                      .orElse(new JsonObject());
              long wait = before.getLong("notBeforeMs", 0L) - clock.millis();
              if (wait > 0) {
                return Failure.future(
                    FailureCode.LIMITED,
                    "too many failed logins; try again in " + (wait / 1000 + 1) + " s");
              }
              return store
                  .commit(
                      List.of(next(counter, before, found.map(Document::revision).orElse(0L))),
                      Guard.NONE)
                  .compose(
                      done ->
                          done
                              ? Future.succeededFuture()
                              : tries > 1
                                  ? count(counter, tries - 1)
                                  : Failure.future(
                                      FailureCode.LIMITED, "too many logins at once; try again"));
            });
  }

  private Change next(Counter counter, JsonObject before, long revision) {
    int attempts = before.getInteger("attempts", 0) + 1;
    Duration delay = options.delay(attempts, counter.free());
    long notBefore = clock.millis() + delay.toMillis();
    JsonObject value =
        new JsonObject()
            .put("attempts", attempts)
            .put("notBeforeMs", delay.isZero() ? 0 : notBefore);
    return new Change(
        counter.id(),
        revision,
        Optional.of(value),
        notBefore + Math.max(MEMORY.toMillis(), delay.toMillis()));
  }
}
