package io.vertebra.task;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import java.time.Instant;
import java.util.HexFormat;

/** Where things are in the store. */
final class TaskKeys {
  /** How many records there are, and how many of them are of tasks that have ended. */
  static final Bytes COUNT = Bytes.utf8("\0task/count");

  static final Bytes KEPT_COUNT = Bytes.utf8("\0task/kept-count");

  private static final String RECORD = "\0task/record/";
  private static final String KEPT = "\0task/kept/";
  private static final String CANCELLING = "\0task/cancelling/";

  /** All tasks that have ended, by the time of that. */
  static final KeyRange ALL_KEPT = KeyRange.prefix(Bytes.utf8(KEPT));

  private TaskKeys() {}

  static Bytes record(String id) {
    return Bytes.utf8(RECORD + id);
  }

  /** The records whose ids follow one. */
  static KeyRange recordsAfter(String id) {
    Bytes prefix = Bytes.utf8(RECORD);
    return new KeyRange(id.isEmpty() ? prefix : record(id).successor(), prefix.prefixEnd());
  }

  static Bytes kept(Instant endedAt, String id) {
    return Bytes.utf8(KEPT + time(endedAt) + "/" + id);
  }

  static KeyRange keptUntil(Instant time) {
    return new KeyRange(ALL_KEPT.from(), Bytes.utf8(KEPT + time(time) + "0"));
  }

  /** Of a task that is to be cancelled once its worker's lease is over. */
  static Bytes cancelling(Instant leaseUntil, String id) {
    return Bytes.utf8(CANCELLING + time(leaseUntil) + "/" + id);
  }

  static KeyRange cancellingUntil(Instant time) {
    return new KeyRange(Bytes.utf8(CANCELLING), Bytes.utf8(CANCELLING + time(time) + "0"));
  }

  /** The task that a key with a time is of. */
  static String idIn(Bytes key) {
    String text = key.toString();
    return text.substring(text.lastIndexOf('/') + 1);
  }

  /** In the order of times. */
  private static String time(Instant time) {
    return HexFormat.of().toHexDigits(time.toEpochMilli());
  }
}
