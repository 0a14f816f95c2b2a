package io.vertebra.limiter;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.redis.RedisScript;
import io.vertebra.redis.RedisService;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * States in Redis, each one key, changed by one run of {@code limit.lua}. What is as good as new is
 * gone. The time is the server's, so that nodes whose clocks differ still share one limit.
 */
final class RedisLimitStore implements LimitStore {
  private static final RedisScript SCRIPT =
      RedisScript.of(RedisScript.text(RedisLimitStore.class, "limit.lua"));
  private static final String PREFIX = "vertebra:limiter:";

  /** Instead of a state: the time lies in another window than the one that was asked about. */
  private static final String ELSEWHEN = "?";

  private static final int ATTEMPTS = 3;

  private final RedisService redis;
  private final LongSupplier micros;
  private final boolean isTimeGiven;
  private final String keepMs;

  private RedisLimitStore(
      RedisService redis, LongSupplier micros, boolean isTimeGiven, long keepMs) {
    this.redis = redis;
    this.micros = micros;
    this.isTimeGiven = isTimeGiven;
    this.keepMs = Long.toString(keepMs);
  }

  /**
   * By the clock of the server.
   *
   * @param micros about the same time, to tell which window of the calendar it is
   */
  static RedisLimitStore of(RedisService redis, LongSupplier micros) {
    return new RedisLimitStore(redis, micros, false, 0);
  }

  /**
   * By another clock.
   *
   * @param keepMs how much longer than by that clock the server keeps what is as good as new
   */
  static RedisLimitStore at(RedisService redis, LongSupplier micros, long keepMs) {
    return new RedisLimitStore(redis, micros, true, keepMs);
  }

  @Override
  public Future<Decision> change(String key, Change change) {
    return change(PREFIX + key.replace("{", "%7B"), change, micros.getAsLong(), ATTEMPTS);
  }

  private Future<Decision> change(String key, Change change, long about, int attempts) {
    List<String> arguments = new ArrayList<>(12);
    arguments.add(RedisChange.name(change));
    arguments.add(isTimeGiven ? Long.toString(about) : "");
    arguments.add(keepMs);
    RedisChange.add(change, about, arguments);
    return redis
        .eval(SCRIPT, List.of(key), arguments)
        .compose(answer -> told(key, change, answer, attempts));
  }

  private Future<Decision> told(String key, Change change, Response answer, int attempts) {
    long now = Long.parseLong(answer.get(0).toString());
    String before = answer.get(1).toString();
    if (before.equals(ELSEWHEN)) {
      return attempts == 1
          ? Failure.future(FailureCode.UNAVAILABLE, "the clock of Redis leaps")
          : change(key, change, now, attempts - 1);
    }
    return Future.succeededFuture(change.on(RedisChange.state(before), now).decision());
  }
}
