package io.vertebra.queue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Who waits for messages of a queue, by group, the longest first. For one thread. */
final class WaitJob {
  private final QueuesJob owner;
  private final DepartureWatch departures;
  private final Map<String, Set<Waiter>> byGroup = new HashMap<>();

  /** One who waits. */
  static final class Waiter {
    private final ReceiveMessages request;
    private final Promise<List<ReceivedMessage>> answer = Promise.promise();
    private long timer;
    private Runnable stay = () -> {};

    /** Whether its time ended while a message was on its way to it. */
    private boolean late;

    private Waiter(ReceiveMessages request) {
      this.request = request;
    }

    ReceiveMessages request() {
      return request;
    }

    /** Where it gets its messages. */
    Promise<List<ReceivedMessage>> answer() {
      return answer;
    }
  }

  WaitJob(QueuesJob owner) {
    this.owner = owner;
    this.departures = new DepartureWatch(owner::here);
  }

  /**
   * Begins a wait, which {@link QueuesJob#beginWait} has to allow.
   *
   * @param gone completes if nobody waits any more
   */
  Waiter begin(ReceiveMessages request, Future<Void> gone) {
    Waiter waiter = new Waiter(request);
    put(waiter);
    waiter.timer =
        owner.vertx().setTimer(Math.max(1, request.patience().toMillis()), over -> end(waiter));
    waiter.stay = departures.add(gone, () -> end(waiter));
    return waiter;
  }

  /** The groups for which somebody waits. */
  List<String> groups() {
    return List.copyOf(byGroup.keySet());
  }

  boolean isEmpty() {
    return byGroup.isEmpty();
  }

  /** Who waits longest; null if nobody does. */
  @Nullable Waiter first(String group) {
    Set<Waiter> all = byGroup.get(group);
    return all == null ? null : all.iterator().next();
  }

  /** Has one wait no more. */
  void remove(Waiter waiter) {
    if (take(waiter)) {
      release(waiter);
    }
  }

  /** Who waits longest, for whom a message is on its way; null if nobody does. */
  @Nullable Waiter promise(String group) {
    Waiter waiter = first(group);
    if (waiter != null) {
      take(waiter);
    }
    return waiter;
  }

  /** The message that was promised came. */
  void kept(Waiter waiter) {
    release(waiter);
  }

  /** The message that was promised does not come. */
  void broken(Waiter waiter) {
    if (waiter.late) {
      release(waiter);
      waiter.answer.complete(List.of());
    } else {
      put(waiter);
    }
  }

  private void end(Waiter waiter) {
    if (take(waiter)) {
      release(waiter);
      waiter.answer.complete(List.of());
    } else {
      waiter.late = true;
    }
  }

  private void put(Waiter waiter) {
    byGroup.computeIfAbsent(waiter.request.group(), name -> new LinkedHashSet<>()).add(waiter);
  }

  /** Whether it was there. */
  @CanIgnoreReturnValue
  private boolean take(Waiter waiter) {
    String group = waiter.request.group();
    Set<Waiter> all = byGroup.get(group);
    if (all == null || !all.remove(waiter)) {
      return false;
    }
    if (all.isEmpty()) {
      byGroup.remove(group);
    }
    return true;
  }

  private void release(Waiter waiter) {
    owner.vertx().cancelTimer(waiter.timer);
    waiter.stay.run();
    owner.endWait();
  }
}
