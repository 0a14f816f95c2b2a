package io.vertebra.registry;

import static io.vertebra.api.FailureCode.CONFLICT;

import io.vertebra.api.Failure;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KvEntry;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Makes changes. Each is planned by the view of this node, and made only if what it was planned by
 * is so still; else the view catches up first. That nothing is to be done, or that it cannot be, is
 * believed only of a view that caught up.
 */
final class WriteJob {
  private static final int MAX_ATTEMPTS = 20;

  /** How long a write that is done once is known. */
  private static final Duration KNOWN = Duration.ofHours(1);

  private static final SecureRandom RANDOM = new SecureRandom();

  private final RegistryStore store;
  private final RegistryOptions options;
  private final Clock clock;
  private final Consumer<JsonObject> announcer;

  /**
   * @param announcer is told of every change made here
   */
  WriteJob(
      RegistryStore store, RegistryOptions options, Clock clock, Consumer<JsonObject> announcer) {
    this.store = store;
    this.options = options;
    this.clock = clock;
    this.announcer = announcer;
  }

  /**
   * A write on its way.
   *
   * @param what in one word, for events
   * @param request that it is for; what is done once is known by it
   * @param about what it is about, for events
   */
  record Write(
      String what,
      Record request,
      JsonObject about,
      Guard guard,
      BiFunction<Planner, Catalog, Change> plan) {

    Bytes onceKey() {
      return RegistryKeys.once(guard.idempotencyKey());
    }

    boolean isOnce() {
      return !guard.idempotencyKey().isEmpty();
    }

    String fingerprint() {
      byte[] text = (what + request).getBytes(StandardCharsets.UTF_8);
      return UUID.nameUUIDFromBytes(text).toString();
    }
  }

  /** Makes a change, however often it has to be planned anew. */
  Future<Registered> make(Write write) {
    return make(write, MAX_ATTEMPTS);
  }

  /**
   * Makes a change; {@code CONFLICT} if others were faster each time.
   *
   * @param attempts how often it may be planned
   */
  Future<Registered> make(Write write, int attempts) {
    return unlessDone(write, () -> plan(write, attempts));
  }

  /** What came of a write that was done once already, or of doing it. */
  Future<Registered> unlessDone(Write write, Supplier<Future<Registered>> doing) {
    return write.isOnce()
        ? store
            .entry(write.onceKey())
            .compose(done -> done.map(kept -> known(write, kept)).orElseGet(doing))
        : doing.get();
  }

  private Future<Registered> plan(Write write, int attempts) {
    Change change;
    try {
      change = store.look(catalog -> write.plan().apply(planner(), catalog));
    } catch (Failure hasty) {
      return attempts == MAX_ATTEMPTS ? again(write, attempts) : Future.failedFuture(hasty);
    }
    if (change.isEmpty() && attempts == MAX_ATTEMPTS) {
      return again(write, attempts);
    }
    return commit(write, change, attempts);
  }

  private Future<Registered> commit(Write write, Change change, int attempts) {
    long mark = store.look(Catalog::mark);
    boolean changes = !change.isEmpty();
    if (!changes && write.guard().equals(Guard.NONE)) {
      return Future.succeededFuture(new Registered(false, mark));
    }
    if (write.isOnce()) {
      JsonObject kept =
          new JsonObject().put("request", write.fingerprint()).put("changed", changes);
      change.expect(Compare.absent(write.onceKey()));
      change.putOnLease(write.onceKey(), Bytes.utf8(kept.encode()), newLease(), KNOWN.toMillis());
    }
    Guard fence = new Guard(write.guard().fence(), "");
    return store
        .change(fence.on(change.toTxn()))
        .compose(
            result -> {
              if (!result.succeeded()) {
                return again(write, attempts);
              }
              if (changes) {
                announce(write.what(), write.about(), result.revision());
              }
              return Future.succeededFuture(new Registered(changes, result.revision()));
            });
  }

  /** Tries anew with all that was acknowledged in the meantime. */
  private Future<Registered> again(Write write, int attempts) {
    return attempts <= 1
        ? Failure.future(CONFLICT, "others change the same too often at present")
        : store.sync().compose(unused -> make(write, attempts - 1));
  }

  private static Future<Registered> known(Write write, KvEntry kept) {
    JsonObject json = new JsonObject(kept.value().toString());
    return json.getString("request").equals(write.fingerprint())
        ? Future.succeededFuture(new Registered(json.getBoolean("changed"), kept.modRevision()))
        : Failure.future(
            CONFLICT,
            "idempotency key " + write.guard().idempotencyKey() + " belongs to another request");
  }

  /** Tells of a change that was made. */
  void announce(String what, JsonObject about, long revision) {
    announcer.accept(about.copy().put("change", what).put("revision", revision));
  }

  Planner planner() {
    return new Planner(options, clock.instant(), WriteJob::newLease);
  }

  private static long newLease() {
    return RANDOM.nextLong() >>> 1 | 1;
  }
}
