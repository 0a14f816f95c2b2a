package io.vertebra.schedule;

/** How far a run is. */
public enum Phase {
  /** It waits until the runs before it have ended. */
  QUEUED,
  /** The target is called, or is about to be. */
  RUNNING,
  /** It failed and waits to be tried again. */
  RETRYING
}
