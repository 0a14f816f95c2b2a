package io.vertebra.limiter;

import io.vertx.core.Future;
import java.util.List;
import java.util.function.IntConsumer;

/** Limits for requests on their way through this node. */
public interface RequestLimitService {

  /**
   * Takes permits of several policies and of those they name, or of none of them.
   *
   * @param fields what is known of the request
   */
  Future<Passage> admit(List<String> policies, KeyFields fields);

  /**
   * Whether a request may go on.
   *
   * @param end gives back what is held; to be told once of the status of the answer when the
   *     request has ended, if it was allowed; 499 if its client left before
   */
  record Passage(Admission admission, IntConsumer end) {}
}
