package io.vertebra.schedule;

import io.vertebra.kv.Bytes;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What a node knows of one schedule. For one thread. */
final class Track {
  final Job job;
  final long createRevision;

  /** Of the definition's last write. */
  final long jobRevision;

  JobState state;

  /** Of the state's last write; 0 if it was never written. */
  long stateRevision;

  /** What was asked for and is not yet done, by key. */
  final Map<Bytes, Request> requests;

  /** Attempts that ended and are not yet told to the store; at most one of each run. */
  final Deque<RunEnd> ends;

  /** Whether a write is under way. */
  boolean writing;

  /** When there is something to do. */
  Optional<Instant> wakeAt = Optional.empty();

  private Track(
      Job job,
      long createRevision,
      long jobRevision,
      JobState state,
      long stateRevision,
      Map<Bytes, Request> requests,
      Deque<RunEnd> ends) {
    this.job = job;
    this.createRevision = createRevision;
    this.jobRevision = jobRevision;
    this.state = state;
    this.stateRevision = stateRevision;
    this.requests = requests;
    this.ends = ends;
  }

  static Track of(Job job, long createRevision, long jobRevision) {
    return new Track(
        job,
        createRevision,
        jobRevision,
        JobState.NEW,
        0,
        new LinkedHashMap<>(),
        new ArrayDeque<>());
  }

  /** The same schedule with another definition. */
  Track with(Job changed, long revision) {
    return new Track(changed, createRevision, revision, state, stateRevision, requests, ends);
  }

  String name() {
    return job.name();
  }
}
