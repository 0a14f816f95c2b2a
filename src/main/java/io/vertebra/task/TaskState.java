package io.vertebra.task;

/** How far a task is. */
public enum TaskState {
  /** It waits for a worker, for the first time or after an attempt that failed. */
  QUEUED,
  /** A worker has it. */
  RUNNING,
  SUCCEEDED,
  /** Its last attempt failed, or a worker gave it up for good. */
  FAILED,
  CANCELLED;

  /** Whether nothing will change it any more. */
  public boolean isEnd() {
    return compareTo(SUCCEEDED) >= 0;
  }
}
