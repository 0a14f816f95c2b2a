package io.vertebra.cluster;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * An {@link OwnedMap} as a map of Hazelcast, whose entry processors apply the rule. While a node
 * waits for an answer about a key, its further requests for that key gather, and go together next:
 * a key that all want costs the owner no more steps than there are round trips.
 */
final class HazelcastOwnedMap implements OwnedMap {
  private static final int MOST_TOGETHER = 100;
  private static final int MOST_WAITING = 10_000;

  private final Vertx vertx;
  private final IMap<String, byte[]> map;

  /** By key that is being asked about, the requests that wait until that is answered. */
  private final ConcurrentMap<String, Deque<Waiting>> lines = new ConcurrentHashMap<>();

  @SuppressWarnings("ArrayRecordComponent")
  private record Waiting(byte[] request, CompletableFuture<byte[]> answer, Context context) {}

  HazelcastOwnedMap(Vertx vertx, HazelcastInstance hazelcast, String name) {
    this.vertx = vertx;
    this.map = hazelcast.getMap(OwnerCall.PREFIX + name);
  }

  @Override
  public Future<byte[]> ask(String key, byte[] request) {
    Context context = vertx.getOrCreateContext();
    Waiting asked = new Waiting(request, new CompletableFuture<>(), context);
    Deque<Waiting> mine = new ArrayDeque<>();
    Deque<Waiting> line = lines.compute(key, (same, before) -> joined(before, mine, asked));
    if (line == mine) {
      send(key, List.of(asked));
    }
    return Future.fromCompletionStage(asked.answer(), context);
  }

  private static Deque<Waiting> joined(
      @Nullable Deque<Waiting> before, Deque<Waiting> mine, Waiting asked) {
    if (before == null) {
      return mine;
    }
    if (before.size() >= MOST_WAITING) {
      boolean unused =
          asked
              .answer()
              .completeExceptionally(
                  new Failure(FailureCode.UNAVAILABLE, "too many wait for this key"));
    } else {
      before.add(asked);
    }
    return before;
  }

  /**
   * The answer goes to the context of who asked first: Hazelcast's own threads may not ask again,
   * and by default it would start one for each answer where there are few cores.
   */
  private void send(String key, List<Waiting> together) {
    Context context = together.get(0).context();
    List<byte[]> requests = together.stream().map(Waiting::request).toList();
    try {
      CompletionStage<byte[]> done =
          map.<byte[]>submitToKey(key, new OwnerCall(map.getName(), requests))
              .whenCompleteAsync(
                  (answers, failure) -> answered(key, together, answers, failure),
                  task -> context.runOnContext(unused -> task.run()));
      Objects.requireNonNull(done);
    } catch (RuntimeException stopped) {
      answered(key, together, null, stopped);
    }
  }

  private void answered(
      String key, List<Waiting> together, byte @Nullable [] answers, @Nullable Throwable failure) {
    List<Waiting> next = new ArrayList<>();
    Deque<Waiting> unused =
        lines.computeIfPresent(
            key,
            (same, line) -> {
              while (!line.isEmpty() && next.size() < MOST_TOGETHER) {
                next.add(line.remove());
              }
              return next.isEmpty() ? null : line;
            });
    if (!next.isEmpty()) {
      send(key, next);
    }
    if (answers == null) {
      Throwable cause = failure == null ? new IllegalStateException("no answer") : failure;
      together.forEach(each -> each.answer().completeExceptionally(cause));
      return;
    }
    List<byte[]> all = OwnerCall.answers(answers);
    for (int i = 0; i < together.size(); i++) {
      together.get(i).answer().complete(all.get(i));
    }
  }

  @Override
  public Future<Long> owned() {
    return vertx.executeBlocking(() -> map.getLocalMapStats().getOwnedEntryCount(), false);
  }
}
