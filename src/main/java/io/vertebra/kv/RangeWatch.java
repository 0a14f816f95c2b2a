package io.vertebra.kv;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a range for as long as it is wanted: reads all of it as of one revision, or nothing if
 * only changes matter, then every change after that in order; begins anew, half a second later,
 * whenever that breaks off.
 */
public final class RangeWatch {
  private static final Logger LOG = LoggerFactory.getLogger(RangeWatch.class);
  private static final long RETRY_MS = 500;

  private final Vertx vertx;
  private final String name;
  private final Supplier<Future<KvWatch>> beginning;
  private final Function<WatchBatch, Future<?>> told;
  private volatile @Nullable KvWatch watch;
  private volatile boolean stopped;
  private volatile String lastProblem = "";

  /** Who is told, one thing at a time; the next comes when the future is completed. */
  public interface Follower {

    /** What there is, in place of all that was told before. */
    Future<?> replace(RangeResult all);

    /** What changed since. */
    Future<?> change(WatchBatch batch);
  }

  /**
   * Does nothing as yet.
   *
   * @param request whose range is followed, with previous entries and progress as it says; where it
   *     would begin does not count
   * @param name of what is followed, for the log
   */
  public RangeWatch(
      Vertx vertx, KvService kv, WatchRequest request, String name, Follower follower) {
    this(
        vertx,
        name,
        () ->
            kv.all(request.range())
                .compose(all -> follower.replace(all).map(all.revision()))
                .compose(revision -> kv.watch(request.from(revision + 1))),
        follower::change);
  }

  private RangeWatch(
      Vertx vertx,
      String name,
      Supplier<Future<KvWatch>> beginning,
      Function<WatchBatch, Future<?>> told) {
    this.vertx = vertx;
    this.name = name;
    this.beginning = beginning;
    this.told = told;
  }

  /** One that tells what changes from now on; what changes while it is broken off is not told. */
  public static RangeWatch ofChanges(
      Vertx vertx,
      KvService kv,
      WatchRequest request,
      String name,
      Function<WatchBatch, Future<?>> told) {
    return new RangeWatch(vertx, name, () -> kv.watch(request.from(0)), told);
  }

  /** Begins. */
  public void start() {
    if (stopped) {
      return;
    }
    beginning.get().onSuccess(this::begin).onFailure(this::startAgain);
  }

  /** Tells nothing more. */
  public void stop() {
    stopped = true;
    KvWatch opened = watch;
    if (opened != null) {
      opened.close();
    }
  }

  private void begin(KvWatch opened) {
    lastProblem = "";
    watch = opened;
    if (stopped) {
      opened.close();
    } else {
      follow(opened);
    }
  }

  /** Others get the event loop between two batches, however many there are. */
  private void follow(KvWatch opened) {
    opened
        .next()
        .compose(batch -> told.apply(batch))
        .onSuccess(done -> vertx.runOnContext(next -> follow(opened)))
        .onFailure(
            cause -> {
              opened.close();
              startAgain(cause);
            });
  }

  private void startAgain(Throwable cause) {
    if (stopped) {
      return;
    }
    String problem = String.valueOf(cause.getMessage());
    if (!problem.equals(lastProblem)) {
      LOG.warn("{} interrupted: {}", name, problem);
    }
    lastProblem = problem;
    vertx.setTimer(RETRY_MS, timer -> start());
  }
}
