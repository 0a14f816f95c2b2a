package io.vertebra.bench;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Senders that each send the next message when the last is on disk, and as many receivers: how many
 * messages arrive a second, and how long after they were sent. So that this time is not that of a
 * queue that grows, senders wait while {@link #WINDOW} messages are not received. Half of the time
 * is not counted, for warming up.
 */
public final class QueueBench {
  private static final int WINDOW = 1_000;
  private static final int BYTES = 1_024;
  private static final int STAMP = 20;

  private final Vertx vertx;
  private final QueueClient client;
  private final String rest = "x".repeat(BYTES - STAMP);
  private final long begin;
  private final long end;
  private final long[] nanos = new long[4_000_000];
  private final Queue<Integer> waiting = new ArrayDeque<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final CountDownLatch over = new CountDownLatch(1);
  private int open;
  private int received;

  private QueueBench(Vertx vertx, QueueClient client, long seconds) {
    this.vertx = vertx;
    this.client = client;
    this.begin = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds) / 2;
    this.end = begin + TimeUnit.SECONDS.toNanos(seconds) / 2;
  }

  /**
   * Prints messages a second, and the median and the 99th percentile in milliseconds from a sending
   * to the receiver. Takes the system, its port, how many senders and receivers, and the seconds.
   */
  public static void main(String[] arguments) throws Exception {
    int port = Integer.parseInt(arguments[1]);
    int clients = Integer.parseInt(arguments[2]);
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
    QueueClient client = QueueClient.of(arguments[0], vertx, port, clients);
    QueueBench bench = new QueueBench(vertx, client, Long.parseLong(arguments[3]));
    bench.run(clients);
    Throwable failed = bench.failure.get();
    if (failed != null) {
      failed.printStackTrace();
      System.exit(1);
    }
    bench.print();
    System.exit(0);
  }

  private void run(int clients) throws InterruptedException {
    for (int i = 0; i < clients; i++) {
      int receiver = i;
      vertx.runOnContext(start -> receive(receiver));
    }
    for (int i = 0; i < clients; i++) {
      int sender = i;
      vertx.runOnContext(start -> next(sender));
    }
    boolean unused = over.await(end - System.nanoTime(), TimeUnit.NANOSECONDS);
  }

  private void receive(int receiver) {
    try {
      client.receive(receiver, this::taken, this::fail);
    } catch (Exception e) {
      fail(e);
    }
  }

  private void next(int sender) {
    if (System.nanoTime() - end < 0 && mayGoOn(sender)) {
      String body = String.format(Locale.ROOT, "%020d%s", System.nanoTime(), rest);
      try {
        client
            .send(sender, body)
            .onSuccess(taken -> vertx.runOnContext(again -> next(sender)))
            .onFailure(this::fail);
      } catch (Exception e) {
        fail(e);
      }
    }
  }

  private synchronized boolean mayGoOn(int sender) {
    if (open >= WINDOW) {
      waiting.add(sender);
      return false;
    }
    open++;
    return true;
  }

  private synchronized void taken(String body) {
    long now = System.nanoTime();
    long sent = Long.parseLong(body.substring(0, STAMP));
    if (now - begin >= 0 && now - end < 0 && received < nanos.length) {
      nanos[received++] = now - sent;
    }
    open--;
    Integer sender = waiting.poll();
    if (sender != null) {
      vertx.runOnContext(again -> next(sender));
    }
  }

  private void fail(Throwable cause) {
    if (System.nanoTime() - end < 0) {
      failure.compareAndSet(null, cause);
      over.countDown();
    }
  }

  private synchronized void print() {
    long[] sorted = Arrays.copyOf(nanos, received);
    Arrays.sort(sorted);
    System.out.printf(
        Locale.ROOT,
        "%.0f %.3f %.3f%n",
        received / ((end - begin) / 1e9),
        quantile(sorted, 0.5) / 1e6,
        quantile(sorted, 0.99) / 1e6);
  }

  private static double quantile(long[] sorted, double part) {
    return sorted.length == 0 ? Double.NaN : sorted[(int) (part * (sorted.length - 1))];
  }
}
