package io.vertebra.queue;

import io.vertebra.api.Fields;

/**
 * How queues are kept in Kafka.
 *
 * @param name what groups and the transactional id in Kafka begin with; another one for each
 *     cluster that uses the same Kafka; {@code vertebra} unless given
 * @param partitions of topics that are made, 1 to 1,000; 4 unless given
 * @param replicas of topics that are made, 1 to 10; 1 unless given
 * @param trim whether records that all groups are done with are deleted from topics that were made
 *     here, when their time for replay is over; default yes
 * @param maxGroups most groups of all queues, each of which has a consumer; 1 to 2,000, 200 unless
 *     given
 * @param maxBuffered most messages of a group in memory, those that are given out or rest included;
 *     10 to 1,000,000, 10,000 unless given
 * @param maxBufferedBytes most bytes of their bodies, about; 64 KiB to 4 GiB, 32 MiB unless given
 */
public record KafkaQueueOptions(
    String name,
    int partitions,
    int replicas,
    boolean trim,
    int maxGroups,
    int maxBuffered,
    long maxBufferedBytes) {

  static KafkaQueueOptions from(Fields fields) {
    String name =
        QueueFields.name(fields, "name")
            .about("What groups and transactions in Kafka begin with, of this cluster alone.")
            .orElse("vertebra");
    int partitions =
        fields.integer("partitions", 1, 1_000).about("Of topics that are made.").orElse(4);
    int replicas = fields.integer("replicas", 1, 10).about("Of topics that are made.").orElse(1);
    boolean trim =
        fields
            .flag("trim")
            .about("Whether what all groups are done with is deleted from topics made here.")
            .orElse(true);
    int maxGroups =
        fields
            .integer("maxGroups", 1, 2_000)
            .about("Most groups of all queues, each with a consumer.")
            .orElse(200);
    int maxBuffered =
        fields
            .integer("maxBuffered", 10, 1_000_000)
            .about("Most messages of a group in memory.")
            .orElse(10_000);
    long maxBufferedBytes =
        fields
            .longInteger("maxBufferedBytes", 1L << 16, 1L << 32)
            .about("Most bytes of their bodies.")
            .orElse(32L << 20);
    return fields.build(
        () ->
            new KafkaQueueOptions(
                name, partitions, replicas, trim, maxGroups, maxBuffered, maxBufferedBytes));
  }

  /** The group of Kafka in which the offsets of a group are. */
  String consumerGroup(String group) {
    return name + "." + group;
  }
}
