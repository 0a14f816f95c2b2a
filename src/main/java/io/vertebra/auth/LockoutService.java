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
  private static final String ATTEMPTS = "attempts";
  private static final String NOT_BEFORE = "notBeforeMs";

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
   * One more attempt at a counter.
   *
   * @param before how it stood; empty if it counted nothing
   */
  private record Step(Counter counter, Optional<Document> before, Change change) {
    long notBeforeMs() {
      return before.map(found -> found.value().getLong(NOT_BEFORE, 0L)).orElse(0L);
    }
  }

  /** An attempt that was let in. */
  static final class Attempt {
    private final List<Step> steps;

    private Attempt(List<Step> steps) {
      this.steps = steps;
    }
  }

  /**
   * Counts an attempt; {@code LIMITED} if it comes too early, and then nothing is written.
   *
   * @param address empty if it is not known: then it counts for no other account
   * @param device a known one, or empty
   */
  Future<Attempt> enter(String account, String address, String device) {
    Counter own = counter(account, address, device);
    boolean alone = address.isEmpty() || !device.isEmpty();
    return count(alone ? List.of(own) : List.of(own, ofAddress(address)), AuthStore.MAX_TRIES);
  }

  /** The change that forgets the attempts to an account, for one of them was right. */
  Change forgiven(String account, String address, String device) {
    return Change.remove(counter(account, address, device).id());
  }

  /**
   * Takes an attempt back from what counts those of its address, for its password was right; what
   * others tried there stays counted. If it cannot be done it stays counted too.
   */
  Future<Void> takeBack(Attempt attempt) {
    return Future.join(
            attempt.steps.stream()
                .skip(1)
                .map(step -> takeBack(step, AuthStore.MAX_TRIES))
                .toList())
        .<Void>mapEmpty()
        .recover(stays -> Future.succeededFuture());
  }

  private Future<Void> takeBack(Step step, int tries) {
    return store
        .find(step.counter().id())
        .compose(
            found ->
                found.isEmpty()
                    ? Future.succeededFuture()
                    : store
                        .commit(List.of(without(step, found.get())), Guard.NONE)
                        .compose(
                            done ->
                                done || tries == 1
                                    ? Future.succeededFuture()
                                    : takeBack(step, tries - 1)));
  }

  /** A counter as it would be without an attempt: as before, or less what that adds to the wait. */
  private Change without(Step step, Document found) {
    int attempts = attempts(found.value());
    if (attempts <= 1) {
      return found.removed();
    }
    Change counted = step.change();
    boolean isLast =
        counted.expiresAtMs() == found.expiresAtMs()
            && counted.value().filter(value -> attempts(value) == attempts).isPresent();
    if (isLast && step.before().isPresent()) {
      Document before = step.before().get();
      return found.to(before.value()).until(before.expiresAtMs());
    }
    Duration delay = options.delay(attempts, step.counter().free());
    Duration less = options.delay(attempts - 1, step.counter().free());
    long notBefore = found.value().getLong(NOT_BEFORE, 0L) - delay.minus(less).toMillis();
    return found.to(value(attempts - 1, less.isZero() ? 0 : notBefore));
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

  private Future<Attempt> count(List<Counter> counters, int tries) {
    return Future.all(counters.stream().map(this::step).toList())
        .compose(
            read -> {
              List<Step> steps = read.list();
              long until = steps.stream().mapToLong(Step::notBeforeMs).max().orElse(0);
              long wait = until - clock.millis();
              if (wait > 0) {
                return Failure.future(
                    FailureCode.LIMITED,
                    "too many failed logins; try again in " + (wait / 1000 + 1) + " s");
              }
              return store
                  .commit(steps.stream().map(Step::change).toList(), Guard.NONE)
                  .compose(
                      done ->
                          done
                              ? Future.succeededFuture(new Attempt(steps))
                              : tries > 1
                                  ? count(counters, tries - 1)
                                  : Failure.future(
                                      FailureCode.LIMITED, "too many logins at once; try again"));
            });
  }

  private Future<Step> step(Counter counter) {
    return store
        .read(counter.id())
        .map(
            found -> {
              Optional<Document> before =
                  found.filter(document -> !document.isExpired(clock.millis()));
              int attempts = before.map(document -> attempts(document.value())).orElse(0) + 1;
              long revision = found.map(Document::revision).orElse(0L);
              return new Step(counter, before, next(counter, attempts, revision));
            });
  }

  private Change next(Counter counter, int attempts, long revision) {
    Duration delay = options.delay(attempts, counter.free());
    long notBefore = clock.millis() + delay.toMillis();
    return new Change(
        counter.id(),
        revision,
        Optional.of(value(attempts, delay.isZero() ? 0 : notBefore)),
        notBefore + Math.max(MEMORY.toMillis(), delay.toMillis()));
  }

  private static int attempts(JsonObject value) {
    return value.getInteger(ATTEMPTS, 0);
  }

  private static JsonObject value(int attempts, long notBeforeMs) {
    return new JsonObject().put(ATTEMPTS, attempts).put(NOT_BEFORE, notBeforeMs);
  }
}
