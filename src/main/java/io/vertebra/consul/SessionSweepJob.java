package io.vertebra.consul;

import io.vertebra.kv.Guard;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvEvent;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvWatch;
import io.vertebra.kv.WatchBatch;
import io.vertebra.kv.WatchRequest;
import io.vertebra.registry.Reading;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that sessions end, on the node that leads the store: completes the end of those whose
 * lease is over, and ends those that lack a node or a check. Every node watches; whoever comes to
 * lead goes through all of them once, as does whoever failed.
 */
final class SessionSweepJob {
  private static final Logger LOG = LoggerFactory.getLogger(SessionSweepJob.class);
  private static final long EVERY_MS = 500;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Vertx vertx;
  private final KvService kv;
  private final StoreReader reader;
  private final SessionEnd end;
  private final Sessions sessions;
  private final SessionChecks checks;
  private volatile @Nullable KvWatch watch;
  private volatile boolean opening;
  private volatile boolean stopped;
  private volatile boolean swept;
  private volatile boolean sweeping;
  private volatile boolean judging;
  private volatile long judgedIndex;
  private long timer;

  SessionSweepJob(
      Vertx vertx,
      KvService kv,
      StoreReader reader,
      SessionEnd end,
      Sessions sessions,
      SessionChecks checks) {
    this.vertx = vertx;
    this.kv = kv;
    this.reader = reader;
    this.end = end;
    this.sessions = sessions;
    this.checks = checks;
  }

  void start() {
    timer = vertx.setPeriodic(EVERY_MS, now -> tick());
    tick();
  }

  void stop() {
    stopped = true;
    vertx.cancelTimer(timer);
    KvWatch open = watch;
    if (open != null) {
      open.close();
    }
  }

  private void tick() {
    boolean leads = kv.status().isLeader();
    if (!leads) {
      swept = false;
    }
    if (watch == null && !opening) {
      open();
    }
    if (leads && !swept && !sweeping && watch != null) {
      sweep();
    }
    if (leads && !judging) {
      judge();
    }
  }

  private void open() {
    opening = true;
    kv.watch(new WatchRequest(Layout.SESSIONS, 0, false, Duration.ZERO))
        .onSuccess(this::follow)
        .onFailure(cause -> LOG.debug("consul.sessions not watched", cause))
        .onComplete(done -> opening = false);
  }

  private void follow(KvWatch opened) {
    watch = opened;
    if (stopped) {
      opened.close();
      return;
    }
    opened
        .next()
        .onSuccess(
            batch -> {
              completeEnded(batch);
              follow(opened);
            })
        .onFailure(this::interrupted);
  }

  private void interrupted(Throwable cause) {
    watch = null;
    swept = false;
    if (!stopped) {
      LOG.warn("consul.sessions interrupted: {}", cause.getMessage());
    }
  }

  private void completeEnded(WatchBatch batch) {
    if (!kv.status().isLeader()) {
      return;
    }
    for (KvEvent event : batch.events()) {
      if (event.type() == KvEvent.Type.DELETE) {
        end.complete(Layout.sessionOf(event.entry().key())).onFailure(this::failed);
      }
    }
  }

  /** Completes the end of every session that has a will but is not there. */
  private void sweep() {
    sweeping = true;
    reader
        .keys(Layout.WILLS)
        .compose(wills -> completeAll(wills.entries(), 0))
        .onSuccess(done -> swept = true)
        .onFailure(this::failed)
        .onComplete(done -> sweeping = false);
  }

  private Future<Void> completeAll(List<KvEntry> wills, int next) {
    return next == wills.size() || stopped
        ? Future.succeededFuture()
        : end.complete(Layout.sessionOf(wills.get(next).key()))
            .compose(done -> completeAll(wills, next + 1));
  }

  /**
   * Ends the sessions that lack something, each time the registry says something new. Where there
   * are no sessions the registry is not asked, since that is to use it.
   */
  private void judge() {
    judging = true;
    sessions
        .list(Marks.Kind.SESSIONS.of(""), any -> true)
        .compose(
            found -> found.value().isEmpty() ? Future.<Void>succeededFuture() : judgeByRegistry())
        .onFailure(cause -> LOG.debug("consul.sessions not judged", cause))
        .onComplete(done -> judging = false);
  }

  private Future<Void> judgeByRegistry() {
    Reading reading = judgedIndex == 0 ? Reading.NOW : Reading.after(judgedIndex, PATIENCE);
    return checks
        .view(reading)
        .compose(
            view ->
                sessions
                    .list(Marks.Kind.SESSIONS.of(""), session -> view.lack(session).isPresent())
                    .compose(found -> endLacking(found.value()))
                    .onSuccess(done -> judgedIndex = view.index()));
  }

  /**
   * Ends those of some sessions that lack something still. What they were found by may be older
   * than they are, and what they lacked by it may have come before them.
   */
  private Future<Void> endLacking(List<Session> found) {
    return found.isEmpty()
        ? Future.succeededFuture()
        : checks.view(Reading.NOW).compose(view -> endLacking(view, found));
  }

  private Future<Void> endLacking(SessionChecks.View view, List<Session> found) {
    List<Future<Void>> ended = new ArrayList<>();
    for (Session session : found) {
      if (view.lack(session).isPresent()) {
        LOG.info("consul.session ended id={} lack={}", session.id(), view.lack(session));
        ended.add(sessions.destroy(session.id(), Guard.NONE));
      }
    }
    return Future.all(ended).mapEmpty();
  }

  private void failed(Throwable cause) {
    swept = false;
    LOG.warn("consul.sessions sweep failed: {}", cause.getMessage());
  }
}
