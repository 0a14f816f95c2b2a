package io.vertebra.schedule;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;

/**
 * Where things are in the store. What all nodes follow is one range; the history, which nobody
 * follows, is outside of it.
 */
final class ScheduleKeys {
  static final String JOB = "\0schedule/job/";
  static final String LEADER = "\0schedule/leader";

  /** Calendars: times off. */
  static final String OFF = "\0schedule/off/";

  static final String REQUEST = "\0schedule/request/";
  static final String STATE = "\0schedule/state/";

  /** What whoever leads holds; the name of no lock that users have. */
  static final String FENCE = "\0schedule";

  static final String ALARM = "\0schedule/alarm/";
  static final String HISTORY = "\0schedule/history/";

  /** Alarms, results and definitions: what watches tell of. */
  static final KeyRange TOLD = new KeyRange(Bytes.utf8(ALARM), Bytes.utf8(JOB).prefixEnd());

  /** Jobs, who leads, calendars, requests and states. */
  static final KeyRange FOLLOWED = new KeyRange(Bytes.utf8(JOB), Bytes.utf8(STATE).prefixEnd());

  /** All definitions. */
  static final KeyRange JOBS = KeyRange.prefix(Bytes.utf8(JOB));

  private static final String USERS = "\0schedule/users/";

  private ScheduleKeys() {}

  static Bytes job(String name) {
    return Bytes.utf8(JOB + name);
  }

  static Bytes state(String name) {
    return Bytes.utf8(STATE + name);
  }

  static Bytes calendar(String name) {
    return Bytes.utf8(OFF + name);
  }

  /** What is written whenever a schedule is put that names a calendar. */
  static Bytes users(String calendar) {
    return Bytes.utf8(USERS + calendar);
  }

  /** All calendars after one of them. */
  static KeyRange calendarsAfter(String name) {
    Bytes all = Bytes.utf8(OFF);
    return new KeyRange(name.isEmpty() ? all : calendar(name).successor(), all.prefixEnd());
  }

  static Bytes alarm(String name) {
    return Bytes.utf8(ALARM + name);
  }

  static Bytes leader() {
    return Bytes.utf8(LEADER);
  }

  /** Of a request, which asks for the same as another with the same key. */
  static Bytes request(String name, Request request) {
    String kind = request.kind() == Request.Kind.CANCEL ? "cancel" : "run";
    return Bytes.utf8(REQUEST + name + "/" + kind + "@" + request.nominal());
  }

  static KeyRange requests(String name) {
    return KeyRange.prefix(Bytes.utf8(REQUEST + name + "/"));
  }

  /**
   * Of a result; an old one is overwritten when there are {@code kept} later ones.
   *
   * @param sequence from 1
   */
  static Bytes past(String name, long sequence, int kept) {
    return Bytes.utf8(HISTORY + name + "/" + sequence % kept);
  }

  static KeyRange history(String name) {
    return KeyRange.prefix(Bytes.utf8(HISTORY + name + "/"));
  }

  /** The job that a key is of: what follows the prefix, up to a slash. */
  static String nameIn(String key, String prefix) {
    int slash = key.indexOf('/', prefix.length());
    return slash < 0 ? key.substring(prefix.length()) : key.substring(prefix.length(), slash);
  }
}
