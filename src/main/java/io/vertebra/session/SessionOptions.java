package io.vertebra.session;

import io.vertebra.api.Backend;
import io.vertebra.api.Fields;
import java.time.Duration;

/**
 * How sessions are kept.
 *
 * @param backend {@code kv} unless given, or {@code redis}
 * @param idle without a touch for this long a session ends, unless it asked for another time;
 *     default 30 min
 * @param absolute so long after its creation a session ends whatever happens, unless it asked for
 *     another time; default 7 d
 * @param touch how long a node may leave touches untold; a session may live so much longer than
 *     {@code idle}, never shorter; default 1 min
 * @param maxBytes most bytes that the attributes of a session take as JSON in UTF-8; default 64 KiB
 * @param maxAttributes most attributes of a session; default 100
 */
public record SessionOptions(
    Backend backend,
    Duration idle,
    Duration absolute,
    Duration touch,
    int maxBytes,
    int maxAttributes) {
  static final long MIN_MS = 1_000;
  static final long MAX_IDLE_MS = Duration.ofDays(90).toMillis();
  static final long MAX_ABSOLUTE_MS = Duration.ofDays(400).toMillis();

  /** A value of the store has to hold the session and what belongs to it. */
  private static final int MAX_BYTES = 256 * 1024;

  public static SessionOptions from(Fields fields) {
    Backend backend =
        fields
            .choice("backend", Backend.class)
            .matching(each -> each != Backend.SQL, "must be kv or redis")
            .about("Where sessions are kept.")
            .orElse(Backend.KV);
    Duration idle =
        fields
            .millis("idleMs", MIN_MS, MAX_IDLE_MS)
            .about("Without a touch for this long a session ends.")
            .orElse(Duration.ofMinutes(30));
    Duration absolute =
        fields
            .millis("absoluteMs", MIN_MS, MAX_ABSOLUTE_MS)
            .about("So long after its creation a session ends whatever happens.")
            .orElse(Duration.ofDays(7));
    Duration touch =
        fields
            .millis("touchMs", 0, 3_600_000)
            .about("How long touches may be left untold; so much longer may a session live.")
            .orElse(Duration.ofMinutes(1));
    int maxBytes =
        fields
            .integer("maxBytes", 256, MAX_BYTES)
            .about("Most bytes of a session's attributes as JSON.")
            .orElse(64 * 1024);
    int maxAttributes =
        fields
            .integer("maxAttributes", 1, 1_000)
            .about("Most attributes of a session.")
            .orElse(100);
    return fields.build(
        () -> new SessionOptions(backend, idle, absolute, touch, maxBytes, maxAttributes));
  }
}
