package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a queue is.
 *
 * @param visibility how long a receiver has for a message, unless it asks for another time; JSON
 *     {@code visibilityMs}, 1 s to 12 h, default 30 s
 * @param maxAttempts deliveries after which a message is given up, 0 to 1000; 0 for never, which is
 *     the default of queues whose name ends in {@code .dead}; of others it is 16
 * @param backoff how long a message rests after a failed attempt
 * @param deadLetter the queue where messages go that are given up; empty if they are removed.
 *     Default: the name and {@code .dead}, none for queues that end so; made when needed
 * @param retention after which a message is removed, received or not; JSON {@code retentionMs}, 1 s
 *     to 10 years, default none; for messages sent from then on
 * @param keep how long after its sending a message stays for replay once all groups acknowledged
 *     it; JSON {@code keepMs}, default 0
 * @param maxMessages most messages; default 1,000,000
 * @param maxBytes most bytes of their bodies and headers; default 1 GiB
 * @param onFull what happens to a message for which there is no room
 * @param dedupWindow how long a dedup id is remembered; JSON {@code dedupWindowMs}, default 5 min
 * @param labels words beside it that mean nothing to the queue itself; at most 100, names of 1 to
 *     128 characters, values of at most 1,024. What begins with {@code aws:} is kept for clients of
 *     SQS
 */
public record QueueDefinition(
    Duration visibility,
    int maxAttempts,
    Backoff backoff,
    Optional<String> deadLetter,
    Optional<Duration> retention,
    Duration keep,
    long maxMessages,
    long maxBytes,
    OnFull onFull,
    Duration dedupWindow,
    Map<String, String> labels) {
  static final long MIN_VISIBILITY_MS = 1_000;
  static final long MAX_VISIBILITY_MS = Duration.ofHours(12).toMillis();
  static final long MAX_TIME_MS = Duration.ofDays(3_650).toMillis();
  static final String DEAD = ".dead";

  /** Most labels. */
  public static final int MAX_LABELS = 100;

  private static final int MAX_LABEL_NAME = 128;
  private static final int MAX_LABEL = 1_024;

  /** What happens to a message for which there is no room. */
  public enum OnFull {
    /** It is refused with {@code LIMITED}. */
    REFUSE,
    /** The oldest ones that nobody is at work on are removed. */
    DROP_OLDEST
  }

  public QueueDefinition {
    labels = Map.copyOf(labels);
    if (labels.keySet().stream()
        .anyMatch(name -> name.isEmpty() || name.length() > MAX_LABEL_NAME)) {
      throw Failure.invalid("/labels", "must have names of 1 to 128 characters");
    }
  }

  /** A queue of this name of which nothing was said. */
  static QueueDefinition defaults(String name) {
    return from(name, Fields.of(new JsonObject()));
  }

  static QueueDefinition from(String name, Fields fields) {
    boolean dead = name.endsWith(DEAD);
    Duration visibility =
        fields
            .millis("visibilityMs", MIN_VISIBILITY_MS, MAX_VISIBILITY_MS)
            .about("How long a receiver has for a message.")
            .orElse(Duration.ofSeconds(30));
    int maxAttempts =
        fields
            .integer("maxAttempts", 0, 1_000)
            .about("Deliveries after which a message is given up; 0 for never.")
            .orElse(dead ? 0 : 16);
    Backoff backoff =
        fields
            .object("backoff", Backoff::from)
            .about("How long a message rests after a failed attempt.")
            .orElse(Backoff.DEFAULT);
    Optional<String> deadLetter = deadLetter(name, fields);
    Optional<Duration> retention =
        fields
            .millis("retentionMs", 1_000, MAX_TIME_MS)
            .about("After this a message is removed, received or not.")
            .optional();
    Duration keep =
        fields
            .millis("keepMs", 0, MAX_TIME_MS)
            .about("How long after its sending an acknowledged message stays for replay.")
            .orElse(Duration.ZERO);
    long maxMessages =
        fields
            .longInteger("maxMessages", 1, 100_000_000)
            .about("Most messages.")
            .orElse(1_000_000L);
    long maxBytes =
        fields
            .longInteger("maxBytes", 1, 1L << 40)
            .about("Most bytes of bodies and headers.")
            .orElse(1L << 30);
    OnFull onFull =
        fields
            .choice("onFull", OnFull.class)
            .about("What happens to a message for which there is no room.")
            .orElse(OnFull.REFUSE);
    Duration window =
        fields
            .millis("dedupWindowMs", 0, Duration.ofDays(7).toMillis())
            .about("How long a dedup id is remembered.")
            .orElse(Duration.ofMinutes(5));
    Map<String, String> labels = labels(fields);
    return fields.build(
        () ->
            new QueueDefinition(
                visibility,
                maxAttempts,
                backoff,
                deadLetter,
                retention,
                keep,
                maxMessages,
                maxBytes,
                onFull,
                window,
                labels));
  }

  private static Optional<String> deadLetter(String name, Fields fields) {
    boolean none = name.endsWith(DEAD) || name.length() + DEAD.length() > QueueFields.MAX_NAME;
    String target =
        fields
            .text("deadLetter", 0, QueueFields.MAX_NAME)
            .matching(text -> text.isEmpty() || QueueFields.isName(text), "must name a queue")
            .about("The queue of messages that are given up; empty to remove them.")
            .orElse(none ? "" : name + DEAD);
    return Optional.of(target).filter(text -> !text.isEmpty());
  }

  private static Map<String, String> labels(Fields fields) {
    return fields
        .textMap("labels", MAX_LABELS, MAX_LABEL)
        .about("Words beside it that mean nothing to the queue itself.")
        .orElse(Map.of());
  }

  /** The same with another visibility. */
  public QueueDefinition lasting(Duration time) {
    return with(time, maxAttempts, deadLetter, retention, labels);
  }

  /**
   * The same, giving messages up after so many deliveries.
   *
   * @param attempts 0 for never
   * @param target where they go; empty to remove them
   */
  public QueueDefinition givingUp(int attempts, Optional<String> target) {
    return with(visibility, attempts, target, retention, labels);
  }

  /** The same with another life of its messages. */
  public QueueDefinition retaining(Duration time) {
    return with(visibility, maxAttempts, deadLetter, Optional.of(time), labels);
  }

  /** The same with other labels. */
  public QueueDefinition labelled(Map<String, String> words) {
    return with(visibility, maxAttempts, deadLetter, retention, words);
  }

  private QueueDefinition with(
      Duration newVisibility,
      int newAttempts,
      Optional<String> newDeadLetter,
      Optional<Duration> newRetention,
      Map<String, String> newLabels) {
    return new QueueDefinition(
        newVisibility,
        newAttempts,
        backoff,
        newDeadLetter,
        newRetention,
        keep,
        maxMessages,
        maxBytes,
        onFull,
        dedupWindow,
        newLabels);
  }

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("visibilityMs", visibility.toMillis())
            .put("maxAttempts", maxAttempts)
            .put("backoff", backoff.toJson())
            .put("deadLetter", deadLetter.orElse(""));
    retention.ifPresent(time -> json.put("retentionMs", time.toMillis()));
    json.put("keepMs", keep.toMillis())
        .put("maxMessages", maxMessages)
        .put("maxBytes", maxBytes)
        .put("onFull", Fields.word(onFull))
        .put("dedupWindowMs", dedupWindow.toMillis());
    if (!labels.isEmpty()) {
      json.put("labels", new JsonObject(new TreeMap<>(labels)));
    }
    return json;
  }

  /** Whether a message was delivered as often as it may be. */
  boolean isExhausted(int attempts) {
    return maxAttempts > 0 && attempts >= maxAttempts;
  }
}
