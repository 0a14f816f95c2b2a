package io.vertebra.bench;

import com.sun.management.OperatingSystemMXBean;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * Clients that each do one thing again and again, the next when the last is done: how many a
 * second, and how long one takes. Half of the time is not counted, for warming up.
 */
final class ClosedLoop {
  private final Vertx vertx;
  private final Step step;
  private final int names;
  private final long begin;
  private final long end;
  private final long[] nanos = new long[4_000_000];
  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private int done;
  private long cpuBefore;

  private ClosedLoop(Vertx vertx, Step step, int names, long seconds) {
    this.vertx = vertx;
    this.step = step;
    this.names = names;
    this.begin = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds) / 2;
    this.end = begin + TimeUnit.SECONDS.toNanos(seconds) / 2;
  }

  /** What a client does, to a name. */
  interface Step {
    Future<Void> run(int client, String name);
  }

  /** Opens a client of a system that listens at a port of loopback. */
  interface Opener {
    Step open(String system, Vertx vertx, int port, int clients) throws Exception;
  }

  /**
   * Runs for as long as told, prints the rate, the median and the 99th percentile in milliseconds,
   * and the CPU time of this process for each in microseconds, and ends the process.
   *
   * @param arguments the system ({@code vertebra}, {@code etcd}, {@code redis}, {@code zookeeper}),
   *     its port, how many clients, of how many names they take one each time, for how many seconds
   */
  static void run(String[] arguments, Opener opener) throws Exception {
    int port = Integer.parseInt(arguments[1]);
    int clients = Integer.parseInt(arguments[2]);
    int names = Integer.parseInt(arguments[3]);
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
    Step step = opener.open(arguments[0], vertx, port, clients);
    ClosedLoop loop = new ClosedLoop(vertx, step, names, Long.parseLong(arguments[4]));
    try {
      Future.all(IntStream.range(0, clients).mapToObj(loop::client).toList())
          .await(10, TimeUnit.MINUTES);
      loop.print();
      System.exit(0);
    } catch (RuntimeException e) {
      System.err.println(e);
      System.exit(1);
    }
  }

  private Future<Void> client(int number) {
    Promise<Void> done = Promise.promise();
    vertx.runOnContext(start -> next(number, new Random(number), done));
    return done.future();
  }

  private void next(int number, Random random, Promise<Void> done) {
    long since = System.nanoTime();
    if (since - end > 0) {
      done.complete();
      return;
    }
    String name = "bench/" + random.nextInt(names);
    step.run(number, name)
        .onSuccess(
            completed -> {
              count(since);
              vertx.runOnContext(again -> next(number, random, done));
            })
        .onFailure(done::fail);
  }

  private synchronized void count(long since) {
    long now = System.nanoTime();
    if (since - begin >= 0 && done < nanos.length) {
      if (done == 0) {
        cpuBefore = system.getProcessCpuTime();
      }
      nanos[done] = now - since;
      done++;
    }
  }

  private synchronized void print() {
    long[] sorted = Arrays.copyOf(nanos, done);
    Arrays.sort(sorted);
    double cpu = (system.getProcessCpuTime() - cpuBefore) / 1e3 / Math.max(1, done);
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "%.0f %.3f %.3f %.1f%n",
        done / seconds,
        quantile(sorted, 0.5) / 1e6,
        quantile(sorted, 0.99) / 1e6,
        cpu);
  }

  private static double quantile(long[] sorted, double part) {
    return sorted.length == 0 ? Double.NaN : sorted[(int) (part * (sorted.length - 1))];
  }
}
