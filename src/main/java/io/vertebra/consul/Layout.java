package io.vertebra.consul;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;

/** Where things are in the store: below a zero byte, where users do not see them. */
final class Layout {
  static final String ROOT = "\0consul/";

  /** So that the longest key made of one fits into the store. */
  static final int MAX_KEY_BYTES = 960;

  private static final String PAIR = ROOT + "kv/";
  private static final String SESSION = ROOT + "session/";
  private static final String WILL = ROOT + "will/";
  private static final String HELD = ROOT + "held/";
  private static final String DELAY = ROOT + "delay/";

  static final Bytes EVENT = Bytes.utf8(ROOT + "event/");
  static final KeyRange SESSIONS = KeyRange.prefix(Bytes.utf8(SESSION));
  static final KeyRange WILLS = KeyRange.prefix(Bytes.utf8(WILL));

  private Layout() {}

  /** A pair of key and value. */
  static Bytes pair(String key) {
    return Bytes.utf8(PAIR + key);
  }

  static KeyRange pairs(String prefix) {
    return KeyRange.prefix(pair(prefix));
  }

  /** The key of a pair whose place is given. */
  static String keyOf(Bytes pair) {
    return pair.toString().substring(PAIR.length());
  }

  /** A session, which ends with its lease. */
  static Bytes session(String id) {
    return Bytes.utf8(SESSION + id);
  }

  /** What is to be done when a session has ended; removed when it is done. */
  static Bytes will(String id) {
    return Bytes.utf8(WILL + id);
  }

  /** The id of the session whose will or place this is. */
  static String sessionOf(Bytes place) {
    String text = place.toString();
    return text.substring(text.lastIndexOf('/') + 1);
  }

  /** That a session may hold a key: true unless the pair tells otherwise. */
  static Bytes held(String session, String key) {
    return Bytes.utf8(HELD + session + "/" + key);
  }

  static KeyRange allHeld(String session) {
    return KeyRange.prefix(held(session, ""));
  }

  static String heldKey(String session, Bytes place) {
    return place.toString().substring((HELD + session + "/").length());
  }

  /** There as long as nobody may acquire a key. */
  static Bytes delay(String key) {
    return Bytes.utf8(DELAY + key);
  }
}
