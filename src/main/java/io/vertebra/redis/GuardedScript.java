package io.vertebra.redis;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.FENCED;
import static io.vertebra.api.FailureCode.MISMATCH;
import static io.vertebra.api.FailureCode.STALE;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * A script of a concern that runs under a {@link Guard}: refused if its fence was overtaken, and
 * once for each idempotency key. What {@code guard.lua} says is there for it to use.
 *
 * <p>Keys begin with a tag that keeps those of a concern together in a cluster; the ones of the
 * script come from {@code KEYS[4]} on, its arguments from {@code ARGV[4]} on.
 */
public final class GuardedScript {
  private static final String GUARD = RedisScript.text(GuardedScript.class, "guard.lua");

  /** How long answers are kept for the idempotency keys of their requests. */
  private static final long KEEP_ANSWERS_MS = 24L * 3_600_000;

  private final String tag;
  private final RedisScript script;

  /**
   * @param tag the concern, such as {@code vertebra:counter}
   * @param body a Lua function's; it answers a list of texts of which the first is {@code OK} or
   *     the code of a failure whose sentence is the second
   */
  public GuardedScript(String tag, String body) {
    this.tag = "{" + tag + "}:";
    this.script = RedisScript.of(GUARD.replace("--BODY--", body));
  }

  /**
   * What a script answered.
   *
   * @param replayed whether this is the answer to an earlier request of the same idempotency key
   */
  public record Answer(List<String> values, boolean replayed) {}

  private GuardedScript(String tag, RedisScript script) {
    this.tag = tag;
    this.script = script;
  }

  /**
   * The same over keys of a part of the concern, which has a hash slot, revisions and fences of its
   * own.
   *
   * @param part without braces
   */
  public GuardedScript within(String part) {
    return new GuardedScript(tag.replace("}:", ":" + part + "}:"), script);
  }

  /** A key of the concern. */
  public String key(String name) {
    return tag + name;
  }

  /** Runs it; a failure that the script names fails so. */
  public Future<Answer> run(RedisService redis, Guard guard, List<String> keys, List<String> args) {
    List<String> allKeys = new ArrayList<>();
    allKeys.add(key("revision"));
    allKeys.add(key("fence:" + guard.fence().map(fence -> fence.lock()).orElse("")));
    allKeys.add(key("once:" + guard.idempotencyKey()));
    allKeys.addAll(keys);
    List<String> allArgs = new ArrayList<>();
    allArgs.add(guard.fence().map(fence -> Long.toString(fence.token())).orElse(""));
    allArgs.add(guard.idempotencyKey().isEmpty() ? "" : sha256(args));
    allArgs.add(Long.toString(KEEP_ANSWERS_MS));
    allArgs.addAll(args);
    return redis.eval(script, allKeys, allArgs).compose(GuardedScript::answer);
  }

  private static Future<Answer> answer(Response response) {
    List<String> texts =
        StreamSupport.stream(response.spliterator(), false).map(Response::toString).toList();
    String status = texts.get(0);
    if (status.equals("OK") || status.equals("REPLAYED")) {
      return Future.succeededFuture(
          new Answer(texts.subList(1, texts.size()), status.equals("REPLAYED")));
    }
    FailureCode code =
        Stream.of(FENCED, MISMATCH, CONFLICT, STALE, FailureCode.INVALID, FailureCode.LIMITED)
            .filter(known -> known.name().equals(status))
            .findFirst()
            .orElse(FailureCode.INTERNAL);
    return Future.failedFuture(
        code == FailureCode.INVALID
            ? Failure.invalid(texts.get(2), texts.get(1))
            : new Failure(code, texts.get(1)));
  }

  private static String sha256(List<String> texts) {
    try {
      byte[] all = String.join("\0", texts).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(all));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
