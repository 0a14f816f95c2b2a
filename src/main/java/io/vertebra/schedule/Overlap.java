package io.vertebra.schedule;

/** What becomes of an occurrence that is due while an earlier one still runs. */
public enum Overlap {
  /** It does not run. */
  SKIP,
  /** It waits, unless one waits already. */
  QUEUE_ONE,
  /** It waits, unless {@link JobState#MAX_QUEUED} wait already. */
  QUEUE_ALL,
  /** The earlier ones are cancelled and it runs. */
  REPLACE
}
