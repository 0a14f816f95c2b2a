package io.vertebra.sqs;

import io.vertebra.queue.QueueDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;

/**
 * The attributes of queues that can be set, and what they make of a definition. What a queue knows
 * nothing of is kept in its labels.
 *
 * <p>Source: the Amazon SQS API Reference, CreateQueue and SetQueueAttributes.
 */
final class QueueAttributes {
  /** Begins the labels; tags may not begin so. */
  static final String OWN = "aws:";

  static final String DELAY = "DelaySeconds";
  static final String WAIT = "ReceiveMessageWaitTimeSeconds";
  static final String SIZE = "MaximumMessageSize";
  static final String FIFO = "FifoQueue";
  static final String CONTENT_DEDUP = "ContentBasedDeduplication";
  static final String DEDUP_SCOPE = "DeduplicationScope";
  static final String THROUGHPUT = "FifoThroughputLimit";
  static final String CREATED = "CreatedTimestamp";
  static final String MODIFIED = "LastModifiedTimestamp";
  static final String PER_GROUP = "messageGroup";
  static final int MAX_SIZE = 1 << 20;
  private static final int MAX_VISIBILITY = 43_200;
  private static final int MAX_RETENTION = 1_209_600;
  private static final Duration RETENTION = Duration.ofDays(4);

  private static final Map<String, Rule> RULES =
      Map.ofEntries(
          Map.entry("VisibilityTimeout", QueueAttributes::visibility),
          Map.entry("MessageRetentionPeriod", QueueAttributes::retention),
          Map.entry("RedrivePolicy", (text, queue) -> RedrivePolicy.parse(text).applyTo(queue)),
          Map.entry(DELAY, number(DELAY, 0, 900)),
          Map.entry(WAIT, number(WAIT, 0, 20)),
          Map.entry(SIZE, number(SIZE, 1_024, MAX_SIZE)),
          Map.entry(CONTENT_DEDUP, word(CONTENT_DEDUP, "true", "false")),
          Map.entry(DEDUP_SCOPE, word(DEDUP_SCOPE, PER_GROUP, "queue")),
          Map.entry(THROUGHPUT, word(THROUGHPUT, "perQueue", "perMessageGroupId")),
          Map.entry(FIFO, (text, queue) -> queue),
          Map.entry("KmsDataKeyReusePeriodSeconds", (text, queue) -> queue),
          Map.entry("Policy", unless("Policy", "")),
          Map.entry("RedriveAllowPolicy", unless("RedriveAllowPolicy", "")),
          Map.entry("KmsMasterKeyId", unless("KmsMasterKeyId", "")),
          Map.entry("SqsManagedSseEnabled", unless("SqsManagedSseEnabled", "false")));

  private QueueAttributes() {}

  /** What a value makes of a definition; throws if it may not be. */
  private interface Rule extends BiFunction<String, QueueDefinition, QueueDefinition> {}

  /** What a queue is of which a client of SQS says nothing. */
  static QueueDefinition defaults(QueueDefinition any) {
    return any.givingUp(0, Optional.empty()).retaining(RETENTION);
  }

  /** A definition with attributes set. */
  static QueueDefinition set(
      String queue, QueueDefinition definition, Map<String, String> attributes) {
    QueueDefinition changed = definition;
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      Rule rule = RULES.get(attribute.getKey());
      if (rule == null) {
        throw unknown(attribute.getKey());
      }
      if (isOfFifo(attribute.getKey()) && !QueueNames.isFifo(queue)) {
        throw unknown(attribute.getKey());
      }
      if (attribute.getKey().equals(FIFO)
          && !attribute.getValue().equals(Boolean.toString(QueueNames.isFifo(queue)))) {
        throw unfit(
            FIFO, " Must be true for queues whose names end with .fifo, and only for them.");
      }
      changed = rule.apply(attribute.getValue(), changed);
    }
    return changed;
  }

  private static boolean isOfFifo(String name) {
    return name.equals(CONTENT_DEDUP) || name.equals(DEDUP_SCOPE) || name.equals(THROUGHPUT);
  }

  static SqsException unknown(String name) {
    return new SqsException(SqsError.INVALID_ATTRIBUTE_NAME, "Unknown Attribute " + name + ".");
  }

  static SqsException unfit(String name, String why) {
    return new SqsException(
        SqsError.INVALID_ATTRIBUTE_VALUE, "Invalid value for the parameter " + name + "." + why);
  }

  private static QueueDefinition visibility(String text, QueueDefinition queue) {
    return queue.lasting(visibility(inRange("VisibilityTimeout", text, 0, MAX_VISIBILITY)));
  }

  /** A queue gives messages for a second at least. */
  static Duration visibility(int seconds) {
    return Duration.ofSeconds(Math.max(1, seconds));
  }

  private static QueueDefinition retention(String text, QueueDefinition queue) {
    int seconds = inRange("MessageRetentionPeriod", text, 60, MAX_RETENTION);
    return queue.retaining(Duration.ofSeconds(seconds));
  }

  private static int inRange(String name, String text, int min, int max) {
    try {
      int number = Integer.parseInt(text);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw unfit(name, " Must be an integer.");
    }
    throw unfit(name, " Must be between " + min + " and " + max + ".");
  }

  private static Rule number(String name, int min, int max) {
    return (text, queue) -> label(queue, name, Integer.toString(inRange(name, text, min, max)));
  }

  private static Rule word(String name, String... words) {
    return (text, queue) -> {
      if (!List.of(words).contains(text)) {
        throw unfit(name, " Must be one of " + String.join(", ", words) + ".");
      }
      return label(queue, name, text);
    };
  }

  private static Rule unless(String name, String harmless) {
    return (text, queue) -> {
      if (!text.isEmpty() && !text.equals(harmless)) {
        throw unfit(name, " This server does not offer it.");
      }
      return queue;
    };
  }

  /** The same with a label of ours. */
  static QueueDefinition label(QueueDefinition queue, String name, String value) {
    Map<String, String> labels = new TreeMap<>(queue.labels());
    labels.put(OWN + name, value);
    return queue.labelled(labels);
  }

  /** An attribute that is kept in the labels. */
  static String kept(QueueDefinition queue, String name, String otherwise) {
    return queue.labels().getOrDefault(OWN + name, otherwise);
  }

  static int keptNumber(QueueDefinition queue, String name, int otherwise) {
    try {
      return Integer.parseInt(kept(queue, name, ""));
    } catch (NumberFormatException notSet) {
      return otherwise;
    }
  }

  /** What was set or is so by default, in the words of SQS. */
  static Map<String, String> of(String queue, QueueDefinition definition, QueueNames names) {
    Map<String, String> all = new TreeMap<>();
    all.put("QueueArn", names.arn(queue));
    all.put("VisibilityTimeout", seconds(definition.visibility()));
    definition.retention().ifPresent(time -> all.put("MessageRetentionPeriod", seconds(time)));
    all.put(DELAY, kept(definition, DELAY, "0"));
    all.put(WAIT, kept(definition, WAIT, "0"));
    all.put(SIZE, kept(definition, SIZE, Integer.toString(MAX_SIZE)));
    all.put("SqsManagedSseEnabled", "false");
    RedrivePolicy.of(definition, names).ifPresent(text -> all.put("RedrivePolicy", text));
    for (String time : List.of(CREATED, MODIFIED)) {
      String kept = kept(definition, time, "");
      if (!kept.isEmpty()) {
        all.put(time, kept);
      }
    }
    if (QueueNames.isFifo(queue)) {
      all.put(FIFO, "true");
      all.put(CONTENT_DEDUP, kept(definition, CONTENT_DEDUP, "false"));
      all.put(DEDUP_SCOPE, kept(definition, DEDUP_SCOPE, "queue"));
      all.put(THROUGHPUT, kept(definition, THROUGHPUT, "perQueue"));
    }
    return all;
  }

  private static String seconds(Duration time) {
    return Long.toString(time.toSeconds());
  }

  /** All names that can be asked for, with those that only tell how a queue stands. */
  static List<String> known() {
    List<String> names = new ArrayList<>(RULES.keySet());
    names.addAll(QueueCounts.NAMES);
    names.addAll(List.of("QueueArn", CREATED, MODIFIED));
    return names;
  }

  /** The tags of a queue: its labels that are not ours. */
  static Map<String, String> tags(QueueDefinition queue) {
    Map<String, String> tags = new TreeMap<>(queue.labels());
    tags.keySet().removeIf(name -> name.startsWith(OWN));
    return tags;
  }
}
