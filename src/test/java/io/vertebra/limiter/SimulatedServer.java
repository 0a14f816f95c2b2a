package io.vertebra.limiter;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;

/** Workers with one queue before them, asked evenly, behind a limit. Times are microseconds. */
final class SimulatedServer {
  private final AdaptiveLimit limit;
  private final PriorityQueue<Done> ends = new PriorityQueue<>();
  private final Deque<Long> queue = new ArrayDeque<>();
  private final Map<Long, Long> begun = new HashMap<>();
  private final List<Long> limits = new ArrayList<>();
  private int workers;
  private int busy;
  private long service;
  private long now = 1_900_000_000_000_000L;
  private long numbers;
  private long refused;
  private long done;
  private double latencies;
  private double capacity;
  private LimitState state;

  private record Done(long at, long number) implements Comparable<Done> {
    @Override
    public int compareTo(Done other) {
      return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
    }
  }

  SimulatedServer(AdaptiveLimit limit, int workers, long service) {
    this.limit = limit;
    this.workers = workers;
    this.service = service;
    this.state = limit.fresh();
  }

  void slowTo(long micros) {
    service = micros;
  }

  void leave(int some) {
    workers = some;
  }

  /**
   * Lets clients ask.
   *
   * @param load of what all workers could do
   */
  void run(long micros, double load) {
    double pause = service / (load * workers);
    long end = now + micros;
    double next = now;
    while (now < end) {
      if (!ends.isEmpty() && ends.peek().at() <= next) {
        end(ends.poll());
      } else {
        now = (long) next;
        next += pause;
        ask();
      }
    }
    capacity += (double) micros * workers / service;
  }

  private void ask() {
    long number = numbers++;
    Limit.Ruling ruling = limit.take(state, 1, "p" + number, now);
    state = ruling.next();
    limits.add(limit());
    if (!ruling.allowed()) {
      refused++;
      return;
    }
    begun.put(number, now);
    queue.add(number);
    work();
  }

  private void work() {
    while (busy < workers && !queue.isEmpty()) {
      busy++;
      ends.add(new Done(now + service, queue.poll()));
    }
  }

  private void end(Done ended) {
    now = ended.at();
    busy--;
    state = limit.ended(state, "p" + ended.number(), -1, false, now);
    latencies += now - begun.remove(ended.number());
    done++;
    work();
  }

  long limit() {
    return state instanceof LimitState.Adapting adapting ? adapting.gradient().permits(limit) : 0;
  }

  long refused() {
    return refused;
  }

  double meanLatency() {
    return latencies / done;
  }

  double utilisation() {
    return done / capacity;
  }

  /** The limits that held in the later half of the time, one for each who asked. */
  List<Long> laterLimits() {
    return limits.subList(limits.size() / 2, limits.size());
  }
}
