package io.vertebra.queue;

import io.vertebra.api.FailureCode;
import io.vertebra.kv.KvService;
import io.vertebra.kv.RangeRequest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Confirms for one owner that it still is the owner, where nothing is written under its fence: a
 * node that stood still for a while, or that others do not reach, learns late that it is not.
 * Whoever comes while the store is being asked shares the next question, since an answer says
 * nothing of what came after it. Used on one context.
 */
final class OwnerCheckJob {
  private final KvService kv;
  private final Term term;
  private final Runnable lost;
  private @Nullable Promise<Void> next;
  private boolean asking;

  /**
   * @param lost called when this owner is none any more; may be called again
   */
  OwnerCheckJob(KvService kv, Term term, Runnable lost) {
    this.kv = kv;
    this.term = term;
    this.lost = lost;
  }

  /**
   * Completes if nobody else was the owner when it was asked for; fails so that others are asked.
   */
  Future<Void> confirm() {
    Promise<Void> mine = next == null ? Promise.promise() : next;
    next = mine;
    if (!asking) {
      ask(mine);
    }
    return mine.future();
  }

  private void ask(Promise<Void> waiting) {
    next = null;
    asking = true;
    kv.get(QueueKeys.OWNER)
        .map(term::lasts)
        .onComplete(
            answer -> {
              asking = false;
              if (next != null) {
                ask(next);
              }
            })
        .onFailure(cause -> waiting.fail(CommitJob.moved()))
        .onSuccess(
            ours -> {
              if (ours) {
                waiting.complete();
              } else {
                lost.run();
                waiting.fail(CommitJob.moved());
              }
            });
  }

  /** Looks at what this node knows; the owner is lost if that is no more its term. */
  void look() {
    kv.range(RangeRequest.one(QueueKeys.OWNER).locally())
        .onSuccess(
            found -> {
              if (!term.lasts(found.first())) {
                lost.run();
              }
            });
  }

  /**
   * Answers outcomes that are certain: what was not found may have come to another owner since, or
   * begun anew there.
   */
  <T> Future<List<Outcome<T>>> certain(List<Outcome<T>> outcomes) {
    return outcomes.stream().anyMatch(OwnerCheckJob::isNotFound)
        ? confirm().map(outcomes).otherwise(moved -> doubted(outcomes))
        : Future.succeededFuture(outcomes);
  }

  private static <T> List<Outcome<T>> doubted(List<Outcome<T>> outcomes) {
    return outcomes.stream()
        .map(each -> isNotFound(each) ? Outcome.<T>failed(CommitJob.moved()) : each)
        .toList();
  }

  private static boolean isNotFound(Outcome<?> outcome) {
    return outcome.failure().filter(cause -> cause.code() == FailureCode.NOT_FOUND).isPresent();
  }
}
