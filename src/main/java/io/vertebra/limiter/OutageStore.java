package io.vertebra.limiter;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.limiter.LimiterMeters.Outcome;
import io.vertebra.limiter.PolicyDecision.Note;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/** The state of every policy's engine, and what stands in for it while it does not answer. */
final class OutageStore {
  /** Statuses of requests whose time says nothing: no answer was wanted, or a tunnel ended. */
  private static final int CLIENT_LEFT = 499;

  private static final int SWITCHED = 101;

  private final Map<Policy.Engine, Timed> engines;
  private final LimitStore local;
  private final LimitStore adaptive;
  private final IntSupplier nodes;
  private final LongSupplier micros;
  private final LimiterMeters meters;

  /**
   * @param timeout how long it may take to answer
   */
  record Timed(LimitStore store, Duration timeout) {}

  /**
   * @param local for the shares of this node
   * @param adaptive for limits that each node finds for itself
   * @param nodes among which a limit is divided
   */
  OutageStore(
      Map<Policy.Engine, Timed> engines,
      LimitStore local,
      LimitStore adaptive,
      IntSupplier nodes,
      LongSupplier micros,
      LimiterMeters meters) {
    this.engines = engines;
    this.local = local;
    this.adaptive = adaptive;
    this.nodes = nodes;
    this.micros = micros;
    this.meters = meters;
  }

  /** Whether there is such an engine on this node. */
  boolean has(Policy.Engine engine) {
    return engines.containsKey(engine);
  }

  /** Changes the state; fails if it cannot be asked in time. */
  Future<Decision> change(Link link, Change change) {
    if (link.limit() instanceof AdaptiveLimit) {
      return adaptive.change(link.key(), change);
    }
    Timed engine = engines.get(link.policy().engine());
    if (engine == null) {
      return Failure.future(FailureCode.UNAVAILABLE, "this node has no such engine");
    }
    Future<Decision> answer = engine.store().change(link.key(), change);
    return answer.isComplete()
        ? answer
        : answer.timeout(engine.timeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Decides, by the state or by what the policy says for an outage. */
  Future<PolicyDecision> decide(Link link, Change change) {
    Note note = link.policy().dryRun() ? Note.DRY_RUN : Note.DECIDED;
    return change(link, change)
        .map(decision -> told(link, decision, note))
        .recover(cause -> outage(link, change, cause))
        .onSuccess(
            said -> {
              if (change instanceof Change.Take) {
                meters.decided(said);
              }
            })
        .onFailure(cause -> meters.decided(link.policy().name(), Outcome.UNAVAILABLE));
  }

  private PolicyDecision told(Link link, Decision decision, Note note) {
    long window = link.limit().window(micros.getAsLong());
    return new PolicyDecision(link.policy().name(), decision, GcraLimit.ceil(window, 1000), note);
  }

  private Future<PolicyDecision> outage(Link link, Change change, Throwable cause) {
    Policy policy = link.policy();
    if (policy.dryRun()) {
      return Future.succeededFuture(told(link, open(link), Note.OUTAGE));
    }
    return switch (policy.onOutage()) {
      case OPEN -> Future.succeededFuture(told(link, open(link), Note.OUTAGE));
      case SHARE ->
          local
              .change(link.key(), shared(change))
              .map(decision -> told(link, decision, Note.OUTAGE));
      case CLOSED ->
          Failure.future(
              FailureCode.UNAVAILABLE,
              "policy " + policy.name() + " cannot be asked: " + sentence(cause));
    };
  }

  /** Gives back what was taken, with what came of it if that says how busy the work is. */
  Future<Void> end(Link link, PolicyDecision taken, String permit, int status) {
    boolean learns = link.limit() instanceof AdaptiveLimit && taken.note() == Note.DECIDED;
    if (!learns || status == CLIENT_LEFT || status == SWITCHED) {
      return refund(link, taken, permit);
    }
    boolean dropped = status == 503 || status == 504;
    return change(link, new Change.Finish((AdaptiveLimit) link.limit(), permit, -1, dropped))
        .mapEmpty();
  }

  private static String sentence(Throwable cause) {
    return cause instanceof Failure failure
        ? String.valueOf(failure.getMessage())
        : "whoever keeps its state does not answer";
  }

  private static Decision open(Link link) {
    return new Decision(true, link.limit().most(), link.limit().most(), 0, 0, 0);
  }

  private Change shared(Change change) {
    int among = Math.max(1, nodes.getAsInt());
    if (change instanceof Change.Take take) {
      return new Change.Take(take.limit().share(among), take.penalty(), take.cost(), take.permit());
    }
    if (change instanceof Change.Refund refund) {
      return new Change.Refund(
          refund.limit().share(among), refund.cost(), refund.permit(), refund.takenAt());
    }
    return change instanceof Change.Peek peek
        ? new Change.Peek(peek.limit().share(among), peek.penalty(), peek.cost())
        : change;
  }

  /** Gives back what was taken: the engine's or this node's share. */
  Future<Void> refund(Link link, PolicyDecision taken, String permit) {
    Change refund = new Change.Refund(link.limit(), link.cost(), permit, taken.decision().at());
    if (taken.note() == Note.EXEMPT || !taken.decision().allowed()) {
      return Future.succeededFuture();
    }
    Future<Decision> done =
        taken.note() == Note.OUTAGE
            ? local.change(link.key(), shared(refund))
            : change(link, refund);
    return done.<Void>mapEmpty()
        .recover(
            lost -> {
              meters.lostRefund();
              return Future.succeededFuture();
            });
  }
}
