package io.vertebra.registry;

import static io.vertebra.api.FailureCode.LIMITED;
import static io.vertebra.api.FailureCode.UNAVAILABLE;

import io.vertebra.api.Failure;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The readers who wait for an answer to change. A change costs nothing to those it is not about,
 * and readers who ask the same cost one answer. Safe for any thread.
 */
final class WaitingStore {
  private final Vertx vertx;
  private final int max;
  private final Map<Topic, Set<Waiter<?>>> byTopic = new HashMap<>();
  private int size;
  private boolean closed;

  WaitingStore(Vertx vertx, int max) {
    this.vertx = vertx;
    this.max = max;
  }

  private final class Waiter<T> {
    private final Question<T> question;
    private final Indexed<T> known;
    private final long afterIndex;
    private final Promise<Indexed<T>> promise = Promise.promise();
    private final @Nullable Context context = Vertx.currentContext();
    private long timer;

    Waiter(Question<T> question, Indexed<T> known, long afterIndex) {
      this.question = question;
      this.known = known;
      this.afterIndex = afterIndex;
    }

    /** Hands over an answer that is news. */
    @SuppressWarnings("unchecked") // the answer to this waiter's own question
    void offer(Indexed<?> answer) {
      if (answer.index() > afterIndex && !answer.value().equals(known.value())) {
        leave(() -> promise.tryComplete((Indexed<T>) answer));
      }
    }

    void leave(Runnable end) {
      if (remove(this)) {
        vertx.cancelTimer(timer);
        if (context == null) {
          end.run();
        } else {
          context.runOnContext(unused -> end.run());
        }
      }
    }

    void fail(String reason) {
      leave(() -> promise.tryFail(new Failure(UNAVAILABLE, reason)));
    }
  }

  /**
   * Waits for news.
   *
   * @param known the answer as it is
   * @param present answers anew, when the patience is at its end
   */
  <T> Future<Indexed<T>> park(
      Question<T> question, Reading reading, Indexed<T> known, Supplier<Indexed<T>> present) {
    Waiter<T> waiter = new Waiter<>(question, known, reading.afterIndex());
    if (!add(waiter)) {
      return Failure.future(LIMITED, "there are already " + max + " who wait, the most allowed");
    }
    long patience = Math.max(1, reading.patience().toMillis());
    waiter.timer =
        vertx.setTimer(
            patience, due -> waiter.leave(() -> waiter.promise.tryComplete(present.get())));
    reading.gone().whenComplete((left, cause) -> waiter.fail("the caller went away"));
    return waiter.promise.future();
  }

  /**
   * Tells those who wait what is about some topics.
   *
   * @param ask answers several questions as of one moment
   */
  void changed(Set<Topic> topics, Function<List<? extends Question<?>>, List<Indexed<?>>> ask) {
    Map<Object, List<Waiter<?>>> byQuestion = new HashMap<>();
    waitersOf(topics)
        .forEach(
            waiter ->
                byQuestion
                    .computeIfAbsent(waiter.question.asked(), same -> new ArrayList<>())
                    .add(waiter));
    List<List<Waiter<?>>> groups = List.copyOf(byQuestion.values());
    List<? extends Question<?>> questions =
        groups.stream().map(group -> group.get(0).question).toList();
    List<Indexed<?>> answers = ask.apply(questions);
    for (int i = 0; i < groups.size(); i++) {
      Indexed<?> answer = answers.get(i);
      groups.get(i).forEach(waiter -> waiter.offer(answer));
    }
  }

  synchronized int size() {
    return size;
  }

  void close() {
    Set<Waiter<?>> all = new LinkedHashSet<>();
    synchronized (this) {
      closed = true;
      byTopic.values().forEach(all::addAll);
    }
    all.forEach(waiter -> waiter.fail("the node stops"));
  }

  private synchronized Set<Waiter<?>> waitersOf(Set<Topic> topics) {
    Set<Waiter<?>> found = new LinkedHashSet<>();
    topics.forEach(topic -> found.addAll(byTopic.getOrDefault(topic, Set.of())));
    return found;
  }

  private synchronized boolean add(Waiter<?> waiter) {
    if (size >= max || closed) {
      return false;
    }
    size++;
    for (Topic topic : waiter.question.about()) {
      byTopic.computeIfAbsent(topic, any -> new LinkedHashSet<>()).add(waiter);
    }
    return true;
  }

  private synchronized boolean remove(Waiter<?> waiter) {
    boolean was = false;
    for (Topic topic : waiter.question.about()) {
      Set<Waiter<?>> waiters = byTopic.getOrDefault(topic, new LinkedHashSet<>());
      was |= waiters.remove(waiter);
      if (waiters.isEmpty()) {
        byTopic.remove(topic);
      }
    }
    size -= was ? 1 : 0;
    return was;
  }
}
