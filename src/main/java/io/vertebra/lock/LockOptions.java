package io.vertebra.lock;

import io.vertebra.api.Backend;
import io.vertebra.api.Fields;
import java.time.Duration;

/**
 * How locks behave.
 *
 * @param maxWaitersPerName most who wait for one lock, as this node sees it, 1 to 100,000; 2,000
 *     unless given
 * @param maxWaiters most who wait for locks on this node, 1 to 1,000,000; 10,000 unless given
 * @param session after how long the places of a node that ended are given up; JSON {@code
 *     sessionMs}, 2 s to 60 s, 10 s unless given
 * @param backend {@code kv} unless given
 */
public record LockOptions(
    int maxWaitersPerName, int maxWaiters, Duration session, Backend backend) {

  /** The same in the store that the nodes share. */
  public LockOptions(int maxWaitersPerName, int maxWaiters, Duration session) {
    this(maxWaitersPerName, maxWaiters, session, Backend.KV);
  }

  public static LockOptions from(Fields fields) {
    int perName =
        fields
            .integer("maxWaitersPerName", 1, 100_000)
            .about("Most who wait for one lock; more are refused.")
            .orElse(2_000);
    int perNode =
        fields
            .integer("maxWaiters", 1, 1_000_000)
            .about("Most who wait for locks on this node; more are refused.")
            .orElse(10_000);
    Duration session =
        fields
            .millis("sessionMs", 2_000, 60_000)
            .about("After this the places of a node that ended are given up.")
            .orElse(Duration.ofSeconds(10));
    Backend backend =
        fields.choice("backend", Backend.class).about("Where locks are kept.").orElse(Backend.KV);
    return fields.build(() -> new LockOptions(perName, perNode, session, backend));
  }
}
