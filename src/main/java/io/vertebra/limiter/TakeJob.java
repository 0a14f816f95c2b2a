package io.vertebra.limiter;

import io.vertebra.limiter.PolicyDecision.Note;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes from several policies as one: in their order, and gives back what was taken when a later
 * one refuses or fails. Between the two somebody else may be refused who would have been admitted;
 * nobody is admitted who should not be.
 */
final class TakeJob {
  private final OutageStore states;
  private final LimiterMeters meters;
  private final List<Link> links;
  private final KeyFields fields;
  private final String permit;
  private final List<PolicyDecision> said = new ArrayList<>();

  TakeJob(
      OutageStore states, LimiterMeters meters, List<Link> links, KeyFields fields, String permit) {
    this.states = states;
    this.meters = meters;
    this.links = links;
    this.fields = fields;
    this.permit = permit;
  }

  Future<Admission> run() {
    return next(0);
  }

  private Future<Admission> next(int at) {
    if (at == links.size()) {
      return Future.succeededFuture(new Admission(true, said, permit));
    }
    Link link = links.get(at);
    return decide(link)
        .compose(
            decision -> {
              said.add(decision);
              return decision.passes()
                  ? next(at + 1)
                  : undo(at).map(undone -> new Admission(false, said, permit));
            },
            cause -> undo(at).compose(undone -> Future.failedFuture(cause)));
  }

  private Future<PolicyDecision> decide(Link link) {
    if (!link.policy().exempt().hold(link.policy().key(), fields)) {
      return states.decide(link, link.take(permit));
    }
    long most = link.limit().most();
    Decision free = new Decision(true, most, most, 0, 0, 0);
    PolicyDecision decision = new PolicyDecision(link.policy().name(), free, 0, Note.EXEMPT);
    meters.decided(decision);
    return Future.succeededFuture(decision);
  }

  /** Gives back what the links before one took. */
  private Future<Void> undo(int end) {
    List<Future<Void>> refunds = new ArrayList<>();
    for (int i = 0; i < end; i++) {
      refunds.add(states.refund(links.get(i), said.get(i), permit));
    }
    return refunds.isEmpty() ? Future.succeededFuture() : Future.join(refunds).mapEmpty();
  }

  /**
   * Gives back the permits that are held, when the work for which they were taken has ended.
   *
   * @param status of the answer
   */
  Future<Void> giveBack(int status) {
    List<Future<Void>> refunds = new ArrayList<>();
    for (int i = 0; i < said.size(); i++) {
      if (links.get(i).limit().isHeld()) {
        refunds.add(states.end(links.get(i), said.get(i), permit, status));
      }
    }
    return refunds.isEmpty() ? Future.succeededFuture() : Future.join(refunds).mapEmpty();
  }
}
