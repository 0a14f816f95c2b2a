package io.vertebra.idempotency;

import io.vertebra.idempotency.Standing.State;
import io.vertebra.kv.Guard;
import io.vertebra.redis.GuardedScript;
import io.vertebra.redis.GuardedScript.Answer;
import io.vertebra.redis.RedisScript;
import io.vertebra.redis.RedisService;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Work in hashes of Redis, all in one hash slot. Every method is one run of {@code
 * idempotency.lua}, and time is the server's.
 */
final class RedisIdempotencyStore implements IdempotencyStore {
  private static final GuardedScript SCRIPT =
      new GuardedScript(
          "vertebra:idempotency", RedisScript.text(RedisIdempotencyStore.class, "idempotency.lua"));
  private static final List<String> KEYS =
      Stream.of("work", "bytes", "ends", "leases").map(SCRIPT::key).toList();
  private static final Subject ANY = new Subject("-", "-");

  private final RedisService redis;
  private final long maxScopeBytes;
  private final Supplier<String> nowMs;

  /** Judges time by the server's clock. */
  RedisIdempotencyStore(RedisService redis, long maxScopeBytes) {
    this(redis, maxScopeBytes, () -> "");
  }

  /**
   * @param nowMs in ms since 1970; empty for the server's clock
   */
  RedisIdempotencyStore(RedisService redis, long maxScopeBytes, Supplier<String> nowMs) {
    this.redis = redis;
    this.maxScopeBytes = maxScopeBytes;
    this.nowMs = nowMs;
  }

  @Override
  public Future<Standing> begin(BeginWork request, Guard guard) {
    return run(
            guard,
            "begin",
            request.subject(),
            request.fingerprint(),
            request.owner(),
            Long.toString(request.lease().toMillis()),
            Long.toString(maxScopeBytes))
        .map(answer -> standing(answer.values()));
  }

  @Override
  public Future<Void> complete(CompleteWork request, Guard guard) {
    return run(
            new Guard(guard.fence(), ""),
            "complete",
            request.subject(),
            Long.toString(request.token()),
            Long.toString(request.retention().toMillis()),
            request.answer().writeTo(new JsonObject()).encode())
        .mapEmpty();
  }

  @Override
  public Future<Boolean> abort(Held request, Guard guard) {
    return run(guard, "abort", request.subject(), Long.toString(request.token()))
        .map(answer -> Boolean.valueOf(answer.values().get(0)));
  }

  @Override
  public Future<Duration> extend(Held request) {
    return run(Guard.NONE, "extend", request.subject(), Long.toString(request.token()))
        .map(answer -> Duration.ofMillis(Long.parseLong(answer.values().get(0))));
  }

  @Override
  public Future<Optional<Standing>> find(Subject subject) {
    return run(Guard.NONE, "find", subject)
        .map(
            answer ->
                answer.values().isEmpty()
                    ? Optional.empty()
                    : Optional.of(standing(answer.values())));
  }

  @Override
  public Future<Integer> sweep(int most) {
    return run(Guard.NONE, "sweep", ANY, Integer.toString(most))
        .map(answer -> Integer.valueOf(answer.values().get(0)));
  }

  private Future<Answer> run(Guard guard, String what, Subject subject, String... more) {
    List<String> args = new ArrayList<>();
    args.add(what);
    args.add(nowMs.get());
    args.add(subject.scope());
    args.add(subject.key());
    args.addAll(List.of(more));
    return SCRIPT.run(redis, guard, KEYS, args);
  }

  private static Standing standing(List<String> values) {
    String answer = values.get(4);
    return new Standing(
        State.valueOf(values.get(0)),
        Long.parseLong(values.get(1)),
        values.get(2),
        Duration.ofMillis(Long.parseLong(values.get(3))),
        answer.isEmpty() ? Optional.empty() : Optional.of(KeptAnswer.from(new JsonObject(answer))));
  }
}
