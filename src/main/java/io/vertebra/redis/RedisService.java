package io.vertebra.redis;

import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.List;

/**
 * Calls of a Redis server. Each completes on the caller's context within the deadline of {@link
 * RedisOptions}: with {@code UNAVAILABLE} when nothing was done and {@code TIMEOUT} when it is not
 * known.
 */
public interface RedisService {

  /**
   * Runs a script.
   *
   * @param keys that it uses, all of one hash slot
   */
  Future<Response> eval(RedisScript script, List<String> keys, List<String> args);

  /** The same with arguments of any bytes. */
  Future<Response> evalBytes(RedisScript script, List<String> keys, List<byte[]> args);

  /**
   * Hears what is published on a channel, as long as the server can be reached; what is published
   * meanwhile is lost.
   *
   * @param heard told of each message, and with an empty text whenever some may have been lost
   * @return what ends it
   */
  Runnable subscribe(String channel, java.util.function.Consumer<String> heard);
}
