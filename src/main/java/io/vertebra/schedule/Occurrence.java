package io.vertebra.schedule;

import java.time.Instant;

/**
 * One firing of a schedule, or one of its shards. Its id is the same whoever fires it however
 * often, so a target that honours ids does nothing twice.
 *
 * @param nominal the time that it stands for, in milliseconds
 * @param shard from 0
 * @param shards how many there are, 1 at least
 */
public record Occurrence(String schedule, Instant nominal, int shard, int shards) {

  /** {@code schedule@nominalTime} in RFC 3339, with {@code #} and the number if it has shards. */
  public String id() {
    String whole = schedule + "@" + nominal;
    return shards == 1 ? whole : whole + "#" + shard;
  }
}
