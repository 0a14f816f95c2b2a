package io.vertebra.schedule;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.Fence;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.OpResult;
import io.vertebra.kv.Txn;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fires what is due, on the node that leads the store. As soon as there is a schedule it overtakes
 * every node that led before, and waits until its board has all that those wrote; from then on
 * nobody else can write a state. Whenever it is not known whether a write was done, it begins anew.
 * For one thread.
 */
final class LeaderJob {
  private static final Logger LOG = LoggerFactory.getLogger(LeaderJob.class);

  /** A tick is at most so much later than what it is for. */
  static final long TICK_MS = 5;

  private static final int TICKS_BETWEEN_TRIES = 20;
  private static final int MOST_DUE = 500;
  private static final int MOST_REQUESTS = 20;

  private final Vertx vertx;
  private final KvService kv;
  private final Clock clock;
  private final String node;
  private final Board board;
  private final ScheduleMeters meters;
  private final Consumer<Told> listener;
  private final StateWriteJob writes;
  private final RunningJob running;
  private long timer;
  private long reached;

  /** The token by which this node leads or is about to; 0 if it does not. */
  private long token;

  private boolean leads;
  private boolean overtaking;
  private int ticksToWait;

  /**
   * What happened to a schedule.
   *
   * @param alarmed whether it is too long without a success
   */
  record Told(String schedule, List<Past> past, boolean alarmed) {}

  /**
   * @param node this one's id
   * @param listener is told what was written
   */
  LeaderJob(
      Vertx vertx,
      KvService kv,
      Clock clock,
      String node,
      ScheduleOptions options,
      Board board,
      CallService calls,
      ScheduleMeters meters,
      Consumer<Told> listener) {
    this.vertx = vertx;
    this.kv = kv;
    this.clock = clock;
    this.node = node;
    this.board = board;
    this.meters = meters;
    this.listener = listener;
    this.writes = new StateWriteJob(vertx, kv, options.historySize(), this::unsure);
    this.running =
        new RunningJob(
            vertx, calls, clock, options.maxConcurrent(), meters, this::ended, this::look);
  }

  void start() {
    timer = vertx.setPeriodic(TICK_MS, due -> tick());
  }

  void stop() {
    vertx.cancelTimer(timer);
    resign();
  }

  /** The board has all up to a revision. */
  void reached(long revision) {
    reached = revision;
    meters.schedules.set(board.size());
    begin();
  }

  /** A schedule changed or is gone, or something was asked of it. */
  void changed(String name) {
    if (leads) {
      look(name);
    }
  }

  private void tick() {
    if (!kv.status().isLeader()) {
      resign();
    } else if (token == 0 && board.size() > 0) {
      overtake();
    } else if (leads && !running.isFull()) {
      board.due(clock.instant(), MOST_DUE).forEach(this::step);
    }
  }

  private void overtake() {
    if (overtaking || ticksToWait-- > 0) {
      return;
    }
    overtaking = true;
    ticksToWait = TICKS_BETWEEN_TRIES;
    Op told = Op.put(ScheduleKeys.leader(), Bytes.utf8(node));
    kv.txn(Txn.of(new Op.Overtake(ScheduleKeys.FENCE, 0), told))
        .onSuccess(
            result -> {
              if (result.results().get(0) instanceof OpResult.Overtake mine) {
                token = mine.token();
              }
              begin();
            })
        .onFailure(cause -> LOG.debug("schedule.lead failed", cause))
        .onComplete(done -> overtaking = false);
  }

  private void begin() {
    if (token == 0 || leads || reached < token) {
      return;
    }
    leads = true;
    meters.leads.set(1);
    LOG.info("schedule.leads token={} schedules={}", token, board.size());
    board.lively().forEach(this::look);
  }

  private void resign() {
    if (token == 0) {
      return;
    }
    LOG.info("schedule.leads no more token={}", token);
    token = 0;
    leads = false;
    meters.leads.set(0);
    for (Track track : writes.abandon()) {
      track.writing = false;
      board.arm(track);
    }
  }

  private void unsure(Throwable cause) {
    LOG.warn("schedule.write failed: {}", cause.getMessage());
    resign();
  }

  private void look(String name) {
    Track track = board.find(name);
    if (track == null) {
      running.end(name);
    } else {
      step(track);
    }
  }

  private void ended(String name, RunEnd end) {
    Track track = board.find(name);
    if (track != null) {
      track.ends.add(end);
      step(track);
    }
  }

  /** Decides what is to become of a schedule now, and has that written. */
  private void step(Track track) {
    if (!leads || track.writing || board.find(track.name()) != track) {
      return;
    }
    Plan plan = new Plan(track.job, track.state, clock.instant(), node);
    track.ends.forEach(plan::ended);
    List<Bytes> requests = new ArrayList<>();
    for (Map.Entry<Bytes, Request> each : track.requests.entrySet()) {
      if (requests.size() < MOST_REQUESTS) {
        requests.add(each.getKey());
        plan.asked(each.getValue());
      }
    }
    plan.advance();
    JobState next = plan.state();
    if (requests.isEmpty() && next.equals(track.state)) {
      track.ends.clear();
      settle(track);
      return;
    }
    track.writing = true;
    List<RunEnd> told = List.copyOf(track.ends);
    boolean alarms = next.alarmed() && !track.state.alarmed();
    writes.add(
        new StateWriteJob.Write(
            track,
            next,
            plan.past(),
            requests,
            board.calendars(),
            revision -> {
              track.writing = false;
              if (revision == 0) {
                refresh(track);
                return;
              }
              track.ends.removeAll(told);
              requests.forEach(track.requests::remove);
              adopt(track, next, revision);
              tell(new Told(track.name(), plan.past(), alarms));
              look(track.name());
            }),
        new Fence(ScheduleKeys.FENCE, token));
  }

  /** What was written is known here even before the board is told. */
  private static void adopt(Track track, JobState next, long revision) {
    if (track.stateRevision < revision) {
      track.state = next;
      track.stateRevision = revision;
    }
  }

  private void settle(Track track) {
    board.arm(track);
    running.match(track, token);
  }

  /**
   * Something had changed: a definition, of which the board will be told, or a request is gone. It
   * is looked at again after a tick.
   */
  private void refresh(Track track) {
    kv.all(ScheduleKeys.requests(track.name()))
        .onSuccess(
            found -> {
              track.requests.clear();
              for (KvEntry entry : found.entries()) {
                JsonObject json = new JsonObject(entry.value().toString());
                track.requests.put(entry.key(), Request.from(json));
              }
              long unused = vertx.setTimer(TICK_MS, later -> look(track.name()));
            })
        .onFailure(
            cause -> {
              board.arm(track);
              unsure(cause);
            });
  }

  private void tell(Told told) {
    told.past().forEach(meters::ended);
    if (told.alarmed()) {
      meters.alarm();
      LOG.warn("schedule.alarm schedule={}: no success for too long", told.schedule());
    }
    listener.accept(told);
  }
}
