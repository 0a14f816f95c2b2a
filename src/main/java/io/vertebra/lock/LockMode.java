package io.vertebra.lock;

/** How much of a lock is held. */
public enum LockMode {
  /** All of it: nobody else holds it. A mutex, or the writer's side of a read-write lock. */
  EXCLUSIVE,
  /** Together with others of this mode: the reader's side of a read-write lock. */
  SHARED,
  /** Some of a number of permits: a semaphore. */
  PERMITS
}
