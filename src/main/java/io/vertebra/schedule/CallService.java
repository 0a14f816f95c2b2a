package io.vertebra.schedule;

import io.vertx.core.Future;

/** Calls targets. */
interface CallService {

  /** An attempt under way. */
  interface OpenCall {

    /** Completes when the target did it; fails with the reason if not, and after the timeout. */
    Future<Void> result();

    /** Waits for it no more; the target is told as far as its protocol can. */
    void abort();
  }

  /** Begins an attempt. */
  OpenCall call(Invocation invocation);
}
