package io.vertebra.kv;

import io.vertebra.api.Fields;
import java.time.Duration;

/**
 * How the store behaves.
 *
 * @param writeTimeout after which a write that is not acknowledged fails
 * @param readTimeout after which a read that cannot be proven fresh fails
 * @param maxPendingWrites writes that may wait for the log
 * @param maxPendingBytes what they may weigh
 * @param maxHeapPercent share of the JVM's heap that the data may take before writes are refused
 * @param historyAge how long former revisions can be read and watched, at most
 * @param historyRevisions how many former revisions are kept, at most
 * @param historyBytes memory that former revisions may take
 * @param restoreBytes longest backup taken for a restore
 * @param spillBytes values of at least so many bytes are kept in files; 0 for none
 */
public record KvOptions(
    Duration writeTimeout,
    Duration readTimeout,
    int maxPendingWrites,
    long maxPendingBytes,
    int maxHeapPercent,
    Duration historyAge,
    long historyRevisions,
    long historyBytes,
    long restoreBytes,
    int spillBytes) {

  /** What a store does unless told otherwise. */
  private record Defaults(
      int maxHeapPercent, Duration historyAge, long historyRevisions, int spillBytes) {}

  private static final Defaults OF_ALL = new Defaults(50, Duration.ofMinutes(10), 100_000, 0);

  /** Little is read again, and what was removed is to be free soon. */
  private static final Defaults OF_QUEUES = new Defaults(35, Duration.ofSeconds(10), 10_000, 256);

  public static KvOptions from(Fields fields) {
    return from(fields, OF_ALL);
  }

  /** Those of the store of queues. */
  public static KvOptions ofQueues(Fields fields) {
    return from(fields, OF_QUEUES);
  }

  /** Whether values are kept in files. */
  boolean spills() {
    return spillBytes > 0;
  }

  private static KvOptions from(Fields fields, Defaults defaults) {
    Duration writeTimeout =
        fields
            .millis("writeTimeoutMs", 100, 30_000)
            .about("After this a write that is not acknowledged fails.")
            .orElse(Duration.ofSeconds(5));
    Duration readTimeout =
        fields
            .millis("readTimeoutMs", 100, 30_000)
            .about("After this a read that cannot be proven fresh fails.")
            .orElse(Duration.ofSeconds(5));
    int maxPendingWrites =
        fields
            .integer("maxPendingWrites", 1, 1_000_000)
            .about("Writes that may wait for the log; more are refused.")
            .orElse(20_000);
    long maxPendingBytes =
        fields
            .longInteger("maxPendingBytes", 4L << 20, 1L << 32)
            .about("What the waiting writes may weigh.")
            .orElse(64L << 20);
    int maxHeapPercent =
        fields
            .integer("maxHeapPercent", 1, 90)
            .about("Share of the heap that the data may take; beyond it only removals are taken.")
            .orElse(defaults.maxHeapPercent());
    Duration historyAge =
        fields
            .millis("historyAgeMs", 1_000, 604_800_000)
            .about("How long former revisions can be read and watched, at most.")
            .orElse(defaults.historyAge());
    long historyRevisions =
        fields
            .longInteger("historyRevisions", 1_000, 1_000_000_000)
            .about("How many former revisions are kept, at most.")
            .orElse(defaults.historyRevisions());
    long historyBytes =
        fields
            .longInteger("historyBytes", 1L << 20, 1L << 40)
            .about("Memory that former revisions may take.")
            .orElse(64L << 20);
    long restoreBytes =
        fields
            .longInteger("restoreBytes", 1L << 10, 1L << 40)
            .about("Longest backup taken for a restore.")
            .orElse(16L << 30);
    int spillBytes =
        fields
            .integer("spillBytes", 0, 1 << 20)
            .about("Values of at least so many bytes are kept in files, not in memory; 0 for none.")
            .orElse(defaults.spillBytes());
    return fields.build(
        () ->
            new KvOptions(
                writeTimeout,
                readTimeout,
                maxPendingWrites,
                maxPendingBytes,
                maxHeapPercent,
                historyAge,
                historyRevisions,
                historyBytes,
                restoreBytes,
                spillBytes));
  }
}
