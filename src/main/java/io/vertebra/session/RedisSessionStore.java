package io.vertebra.session;

import io.vertebra.kv.Fence;
import io.vertebra.kv.Guard;
import io.vertebra.redis.GuardedScript;
import io.vertebra.redis.GuardedScript.Answer;
import io.vertebra.redis.RedisScript;
import io.vertebra.redis.RedisService;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Sessions in a hash of Redis, with sorted sets that find them by time and by principal, all in one
 * hash slot. Every method is one run of {@code session.lua}, and time is the server's.
 */
final class RedisSessionStore implements SessionStore {
  private static final GuardedScript SCRIPT =
      new GuardedScript(
          "vertebra:session", RedisScript.text(RedisSessionStore.class, "session.lua"));
  private static final List<String> KEYS =
      Stream.of("sessions", "ends", "handles", "owned").map(SCRIPT::key).toList();

  private final RedisService redis;
  private final Duration touch;
  private final Supplier<String> nowMs;

  /** Judges time by the server's clock. */
  RedisSessionStore(RedisService redis, Duration touch) {
    this(redis, touch, () -> "");
  }

  /**
   * @param touch how long touches may be left untold
   * @param nowMs in ms since 1970; empty for the server's clock
   */
  RedisSessionStore(RedisService redis, Duration touch, Supplier<String> nowMs) {
    this.redis = redis;
    this.touch = touch;
    this.nowMs = nowMs;
  }

  @Override
  public Future<Boolean> create(String handle, StoredSession session, Optional<Fence> fence) {
    return done(fence, "create", handle, text(session), idle(session), last(session));
  }

  @Override
  public Future<Optional<Kept>> find(String handle) {
    return run(Guard.NONE, "find", handle)
        .map(answer -> kept(answer.values(), 0).stream().findFirst());
  }

  @Override
  public Future<Boolean> touch(Kept found) {
    StoredSession session = found.session();
    return done(Optional.empty(), "touch", found.handle(), idle(session), last(session));
  }

  @Override
  public Future<Boolean> replace(Kept found, StoredSession session, Optional<Fence> fence) {
    return done(
        fence,
        "replace",
        found.handle(),
        found.stamp(),
        text(session),
        idle(session),
        last(session));
  }

  @Override
  public Future<Boolean> move(
      Kept found, String handle, StoredSession session, Optional<Fence> fence) {
    return done(
        fence,
        "move",
        found.handle(),
        found.stamp(),
        handle,
        text(session),
        idle(session),
        last(session));
  }

  @Override
  public Future<Removal> remove(String handle, Guard guard) {
    return run(guard, "remove", handle)
        .map(answer -> new Removal(isDone(answer), answer.replayed()));
  }

  @Override
  public Future<Part> list(ListSessions request) {
    return run(
            Guard.NONE,
            "list",
            "",
            request.principal().orElse(""),
            request.cursor().orElse(""),
            Integer.toString(request.limit()))
        .map(
            answer -> {
              String next = answer.values().get(0);
              return new Part(
                  kept(answer.values(), 1), next.isEmpty() ? Optional.empty() : Optional.of(next));
            });
  }

  /** Removes sessions whose time is over, {@code most} of them at once. */
  Future<List<SessionEvent>> sweep(int most) {
    return run(Guard.NONE, "sweep", "", Integer.toString(most))
        .map(
            answer -> {
              List<String> values = answer.values();
              List<SessionEvent> ended = new ArrayList<>();
              for (int i = 0; i < values.size(); i += 2) {
                Optional<String> whose =
                    Optional.of(values.get(i + 1)).filter(name -> !name.isEmpty());
                ended.add(SessionEvent.of(SessionEvent.Type.EXPIRED, values.get(i), whose));
              }
              return ended;
            });
  }

  private Future<Boolean> done(Optional<Fence> fence, String what, String handle, String... more) {
    return run(new Guard(fence, ""), what, handle, more).map(RedisSessionStore::isDone);
  }

  private static boolean isDone(Answer answer) {
    return Boolean.parseBoolean(answer.values().get(0));
  }

  private Future<Answer> run(Guard guard, String what, String handle, String... more) {
    List<String> args = new ArrayList<>(List.of(what, nowMs.get(), handle));
    args.addAll(List.of(more));
    return SCRIPT.run(redis, guard, KEYS, args);
  }

  /** Sessions told as handle and text. */
  private static List<Kept> kept(List<String> values, int from) {
    List<Kept> all = new ArrayList<>();
    for (int i = from; i < values.size(); i += 2) {
      String text = values.get(i + 1);
      String json = text.substring(text.indexOf('\0') + 1);
      String stamp = RedisScript.of(text).sha();
      all.add(new Kept(values.get(i), StoredSession.decode(json), stamp));
    }
    return all;
  }

  private static String text(StoredSession session) {
    return session.principal() + "\0" + session.encode();
  }

  private String idle(StoredSession session) {
    return Long.toString(session.idleMs() + touch.toMillis());
  }

  private static String last(StoredSession session) {
    return Long.toString(session.endsAtMs());
  }
}
