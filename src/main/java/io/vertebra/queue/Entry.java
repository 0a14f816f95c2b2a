package io.vertebra.queue;

import org.jspecify.annotations.Nullable;

/** A message in the index: what has to be known to choose it, and how it stands with each group. */
final class Entry {
  final long id;
  final int weight;
  final byte priority;
  final @Nullable String key;

  /** Milliseconds since 1970; 0 for never. */
  final long expiresAt;

  /** By the place of the group; null where a group is done with it. */
  final @Nullable Delivery[] deliveries;

  /** Groups that are not done with it. */
  int pending;

  /** Whether it is removed, or about to be: nobody gets it any more. */
  boolean gone;

  /** Whether that is certain. */
  boolean removed;

  Entry(StoredMessage message, int groups) {
    this.id = message.id();
    this.weight = message.weight();
    this.priority = (byte) message.priority();
    this.key = message.key().orElse(null);
    this.expiresAt = message.expiresAt();
    this.deliveries = new Delivery[groups];
  }

  /** Whether a group is in the middle of a change of it. */
  boolean isBusy() {
    return any(Delivery.State.BUSY);
  }

  /** Whether a group is at work on it. */
  boolean isHeld() {
    return any(Delivery.State.BUSY) || any(Delivery.State.GIVEN);
  }

  private boolean any(Delivery.State state) {
    for (Delivery delivery : deliveries) {
      if (delivery != null && delivery.state == state) {
        return true;
      }
    }
    return false;
  }
}
