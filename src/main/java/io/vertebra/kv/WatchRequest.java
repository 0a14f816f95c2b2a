package io.vertebra.kv;

import java.time.Duration;

/**
 * Asks for the changes of a range.
 *
 * @param fromRevision the first one wanted; 0 for what comes from now on
 * @param previous whether to tell the entries before
 * @param progress after how long without a change to tell the revision reached; zero for never
 */
public record WatchRequest(KeyRange range, long fromRevision, boolean previous, Duration progress) {

  /** All changes of a range from now on, told as plainly as can be. */
  public static WatchRequest of(KeyRange range) {
    return new WatchRequest(range, 0, false, Duration.ZERO);
  }

  /** The same from a revision on. */
  public WatchRequest from(long revision) {
    return new WatchRequest(range, revision, previous, progress);
  }
}
