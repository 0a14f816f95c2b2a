package io.vertebra.queue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.Op;
import java.util.ArrayList;
import java.util.List;

/** Steps that happen together or not at all. Built by one method, then given away. */
final class Change {
  /** What a step weighs besides its value. */
  private static final int STEP_BYTES = 64;

  private final List<Op> steps = new ArrayList<>(4);
  private int weight;
  private boolean removesOnly = true;
  private boolean alone;

  @CanIgnoreReturnValue
  Change put(Bytes key, Bytes value) {
    steps.add(Op.put(key, value));
    weight += STEP_BYTES + value.length();
    removesOnly = false;
    return this;
  }

  /** Leaves a mark, for which there is room in a store that is full. */
  @CanIgnoreReturnValue
  Change mark(Bytes key) {
    steps.add(Op.add(key, -1));
    weight += STEP_BYTES;
    return this;
  }

  @CanIgnoreReturnValue
  Change delete(Bytes key) {
    return delete(KeyRange.one(key));
  }

  @CanIgnoreReturnValue
  Change delete(KeyRange range) {
    steps.add(new Op.Delete(range, false));
    weight += STEP_BYTES;
    return this;
  }

  /** Has a group be done with a message. */
  @CanIgnoreReturnValue
  Change acknowledge(long queue, long id, int group) {
    return delete(QueueKeys.delivery(queue, id, group))
        .mark(QueueKeys.acknowledged(queue, id, group));
  }

  /** All that is kept of a message. */
  @CanIgnoreReturnValue
  Change deleteMessage(long queue, long id) {
    return delete(KeyRange.prefix(QueueKeys.message(queue, id)))
        .delete(KeyRange.prefix(QueueKeys.body(queue, id)));
  }

  /** Has it written in a transaction of its own, since others may be about the same keys. */
  @CanIgnoreReturnValue
  Change alone() {
    alone = true;
    return this;
  }

  boolean isAlone() {
    return alone;
  }

  List<Op> steps() {
    return steps;
  }

  int weight() {
    return weight;
  }

  /** Whether it takes no room, so that it can be done in a store that is full. */
  boolean removesOnly() {
    return removesOnly;
  }
}
