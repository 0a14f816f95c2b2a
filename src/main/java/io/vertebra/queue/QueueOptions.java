package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.crypto.KeySource;
import io.vertebra.kv.KvOptions;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * How queues are kept.
 *
 * @param backend where messages are; {@code kv} unless given
 * @param enabled whether this node is a member of the queues' group if it is one of the core;
 *     default yes
 * @param store of the queues
 * @param autoCreate whether a message to a queue that is not there makes it; default no
 * @param maxQueues most queues; default 1,000
 * @param maxGroups most groups of one queue; default 32
 * @param maxMessageBytes longest body of a message, at most 3 MiB in the store; default 1 MiB
 * @param maxWaiting most receivers that wait at the owner, or on each node with another backend;
 *     default 10,000
 * @param maxPending most changes that wait for the store; default 20,000
 * @param maxDedupIds most dedup ids remembered of one queue; default 100,000
 * @param idle after which a subscription ends whose address nobody hears; default 1 min
 * @param kafka how they are kept in Kafka
 * @param keys with which secrets of webhooks are encrypted; the same on all nodes
 */
public record QueueOptions(
    QueueBackend backend,
    boolean enabled,
    KvOptions store,
    boolean autoCreate,
    int maxQueues,
    int maxGroups,
    int maxMessageBytes,
    int maxWaiting,
    int maxPending,
    int maxDedupIds,
    Duration idle,
    KafkaQueueOptions kafka,
    KeySource keys) {
  /** In the store a message is in one entry of the log, with its headers and deliveries. */
  private static final int MAX_STORED_BYTES = 3 << 20;

  public QueueOptions {
    if (backend == QueueBackend.KV && maxMessageBytes > MAX_STORED_BYTES) {
      throw Failure.invalid(
          "/maxMessageBytes", "must be at most " + MAX_STORED_BYTES + ", backend is kv");
    }
  }

  public static QueueOptions from(Fields fields) {
    QueueBackend backend =
        fields
            .choice("backend", QueueBackend.class)
            .about("Where messages are kept.")
            .orElse(QueueBackend.KV);
    boolean enabled =
        fields
            .flag("enabled")
            .about("Whether this node, if of the core, keeps queues.")
            .orElse(true);
    KvOptions store = fields.section("store", KvOptions::ofQueues);
    boolean autoCreate =
        fields
            .flag("autoCreate")
            .about("Whether a message to a queue that is not there makes it.")
            .orElse(false);
    int maxQueues = fields.integer("maxQueues", 1, 10_000).about("Most queues.").orElse(1_000);
    int maxGroups =
        fields.integer("maxGroups", 1, 256).about("Most groups of one queue.").orElse(32);
    int maxMessageBytes =
        fields
            .integer("maxMessageBytes", 1, MessageBody.MAX_BYTES)
            .about("Longest body of a message; at most 3145728 if backend is kv.")
            .orElse(1 << 20);
    int maxWaiting =
        fields
            .integer("maxWaiting", 0, 1_000_000)
            .about("Most receivers that wait at the owner of the queues.")
            .orElse(10_000);
    int maxPending =
        fields
            .integer("maxPending", 1, 1_000_000)
            .about("Most changes that wait for the store.")
            .orElse(20_000);
    int maxDedupIds =
        fields
            .integer("maxDedupIds", 1, 10_000_000)
            .about("Most dedup ids remembered of one queue; beyond it such messages are refused.")
            .orElse(100_000);
    Duration idle =
        fields
            .millis("subscriptionIdleMs", 1_000, 86_400_000)
            .about("After this a subscription ends whose address nobody hears.")
            .orElse(Duration.ofMinutes(1));
    KafkaQueueOptions kafka = fields.section("kafka", KafkaQueueOptions::from);
    Supplier<KeySource> keys =
        KeySource.reading(
            fields,
            "queue",
            "Keys that encrypt secrets of webhooks, id:base64 of 32 bytes, the first for new ones;"
                + " the same on all nodes.");
    return fields.build(
        () ->
            new QueueOptions(
                backend,
                enabled,
                store,
                autoCreate,
                maxQueues,
                maxGroups,
                maxMessageBytes,
                maxWaiting,
                maxPending,
                maxDedupIds,
                idle,
                kafka,
                keys.get()));
  }
}
