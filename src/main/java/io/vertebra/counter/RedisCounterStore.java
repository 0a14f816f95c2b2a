package io.vertebra.counter;

import io.vertebra.kv.Guard;
import io.vertebra.redis.GuardedScript;
import io.vertebra.redis.GuardedScript.Answer;
import io.vertebra.redis.RedisScript;
import io.vertebra.redis.RedisService;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Counters in hashes of Redis, all in one hash slot so that a batch is one step. Every method is
 * one run of {@code counter.lua}.
 */
final class RedisCounterStore implements CounterStore {
  private static final GuardedScript SCRIPT =
      new GuardedScript(
          "vertebra:counter", RedisScript.text(RedisCounterStore.class, "counter.lua"));
  private static final List<String> KEYS =
      Stream.of("values", "shards", "revisions", "names", "sequences").map(SCRIPT::key).toList();

  private final RedisService redis;

  RedisCounterStore(RedisService redis) {
    this.redis = redis;
  }

  @Override
  public Future<Added> add(AddCounter request, Guard guard) {
    return add("add", List.of(request), guard).map(all -> all.get(0));
  }

  @Override
  public Future<List<Added>> addAll(List<AddCounter> requests, Guard guard) {
    return add("addAll", requests, guard);
  }

  private Future<List<Added>> add(String what, List<AddCounter> requests, Guard guard) {
    List<String> args = new ArrayList<>(List.of(what));
    for (AddCounter request : requests) {
      args.add(request.name());
      args.add(Long.toString(request.step()));
      args.add(Long.toString(request.floor()));
      args.add(Long.toString(request.ceiling()));
    }
    return SCRIPT
        .run(redis, guard, KEYS, args)
        .map(
            answer -> {
              List<Added> all = new ArrayList<>();
              for (int i = 0; i < requests.size(); i++) {
                all.add(added(requests.get(i), answer, answer.values().get(i + 1)));
              }
              return List.copyOf(all);
            });
  }

  private static Added added(AddCounter request, Answer answer, String value) {
    return new Added(
        request.name(),
        value.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(value)),
        Long.parseLong(answer.values().get(0)),
        answer.replayed());
  }

  @Override
  public Future<Optional<Counter>> find(String name) {
    return run(Guard.NONE, "find", name).map(answer -> counters(answer, 0).stream().findFirst());
  }

  @Override
  public Future<CounterPage> list(ListCounters request) {
    String after = request.after().orElse("");
    String from = after.compareTo(request.prefix()) < 0 ? "" : after;
    String limit = Integer.toString(request.limit() + 1);
    return run(Guard.NONE, "list", request.prefix(), from, limit)
        .map(
            answer -> {
              List<Counter> found = counters(answer, 1);
              boolean more = found.size() > request.limit();
              List<Counter> items = more ? found.subList(0, request.limit()) : found;
              Optional<String> cursor =
                  more
                      ? Optional.of(ListCounters.cursorAfter(items.get(items.size() - 1).name()))
                      : Optional.empty();
              return new CounterPage(items, cursor, Long.parseLong(answer.values().get(0)));
            });
  }

  @Override
  public Future<Counter> set(SetCounter request, Guard guard) {
    return run(
            guard,
            "set",
            request.name(),
            Long.toString(request.value()),
            request.ifValue().map(String::valueOf).orElse(""),
            request.ifRevision().map(String::valueOf).orElse(""),
            Integer.toString(request.shards()))
        .map(answer -> counter(request.name(), answer.values(), 0));
  }

  @Override
  public Future<Optional<Counter>> reset(String name, Guard guard) {
    return run(guard, "reset", name)
        .map(
            answer ->
                answer.values().isEmpty()
                    ? Optional.empty()
                    : Optional.of(counter(name, answer.values(), 0)));
  }

  @Override
  public Future<Optional<Long>> delete(String name, Guard guard) {
    return run(guard, "delete", name)
        .map(answer -> answer.values().stream().findFirst().map(Long::valueOf));
  }

  @Override
  public Future<Block> take(TakeBlock request, Guard guard) {
    return run(guard, "take", request.name(), Integer.toString(request.count()))
        .map(
            answer -> {
              long last = Long.parseLong(answer.values().get(0));
              long revision = Long.parseLong(answer.values().get(1));
              long first = last - request.count() + 1;
              return new Block(request.name(), first, last, revision, answer.replayed());
            });
  }

  private Future<Answer> run(Guard guard, String... args) {
    return SCRIPT.run(redis, guard, KEYS, List.of(args));
  }

  /** Counters told as name, value, shards and revision. */
  private static List<Counter> counters(Answer answer, int from) {
    List<String> values = answer.values();
    List<Counter> all = new ArrayList<>();
    for (int i = from; i < values.size(); i += 4) {
      all.add(counter(values.get(i), values, i + 1));
    }
    return all;
  }

  private static Counter counter(String name, List<String> values, int from) {
    return new Counter(
        name,
        Long.parseLong(values.get(from)),
        Integer.parseInt(values.get(from + 1)),
        Long.parseLong(values.get(from + 2)));
  }
}
