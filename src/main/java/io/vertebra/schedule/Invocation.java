package io.vertebra.schedule;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One attempt as the target sees it.
 *
 * @param token greater than that of any node that fired before; a target that remembers the
 *     greatest can refuse a node that was taken for dead
 * @param at when the attempt begins
 */
record Invocation(Job job, Run run, long token, Instant at) {
  static final String OCCURRENCE = "Occurrence-Id";
  static final String TIME = "Occurrence-Time";
  static final String ATTEMPT = "Occurrence-Attempt";
  static final String TOKEN = "Fencing-Token";
  static final String SHARD = "Shard-Number";
  static final String SHARDS = "Shard-Count";

  /** The occurrence's id. */
  String id() {
    return run.occurrence(job.name()).id();
  }

  Target target() {
    return job.definition().target();
  }

  Payload payload() {
    return job.definition().payload();
  }

  /**
   * What the target is told besides the payload.
   *
   * @param own of the target, over which these stand
   */
  Map<String, String> headers(Map<String, String> own) {
    Map<String, String> headers = new LinkedHashMap<>(own);
    headers.put(OCCURRENCE, id());
    headers.put(TIME, run.nominal().toString());
    headers.put(ATTEMPT, Integer.toString(run.attempts()));
    headers.put(TOKEN, Long.toString(token));
    if (run.shards() > 1) {
      headers.put(SHARD, Integer.toString(run.shard()));
      headers.put(SHARDS, Integer.toString(run.shards()));
    }
    return headers;
  }
}
