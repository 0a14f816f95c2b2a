package io.vertebra.raft;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.cluster.NodeTls;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How this node keeps the log, and how members agree.
 *
 * @param folder of the log and the snapshots, of this process alone; {@code data/kv} unless given
 * @param port where members meet; 6701 unless given, 0 for any free one
 * @param minFreeBytes writes are refused while the disk has less room; 0 to 1 TiB, 128 MiB unless
 *     given
 * @param electionMin least time without a leader after which one is elected; JSON {@code
 *     electionMinMs}, 10 ms to 60 s, 500 ms unless given
 * @param electionMax most such time; JSON {@code electionMaxMs}, at least {@code electionMin}, 900
 *     ms unless given. A member alone elects itself at once
 * @param leaderLease whether a leader that lately heard from a majority answers reads without
 *     asking again; true unless given. See {@link RaftEngine#barrier}
 * @param snapshotAfterBytes how much log makes a snapshot worthwhile, or half the size of the last
 *     one if that is more; 64 KiB to 1 TiB, 64 MiB unless given. The log takes up to thrice that,
 *     and two snapshots are kept
 * @param snapshotEvery after how long a snapshot is made if anything was written; JSON {@code
 *     snapshotEveryMs}, 1 s to 1 day, 10 min unless given
 * @param tls none for clear text, which is for loopback, or a network that is closed
 */
public record RaftOptions(
    Path folder,
    int port,
    long minFreeBytes,
    Duration electionMin,
    Duration electionMax,
    boolean leaderLease,
    long snapshotAfterBytes,
    Duration snapshotEvery,
    Optional<NodeTls> tls) {
  private static final long TIB = 1L << 40;

  public RaftOptions {
    if (electionMin.compareTo(electionMax) > 0) {
      throw Failure.invalid("/electionMaxMs", "must be at least electionMinMs");
    }
  }

  /** The same for another folder. */
  RaftOptions in(Path other) {
    return new RaftOptions(
        other,
        port,
        minFreeBytes,
        electionMin,
        electionMax,
        leaderLease,
        snapshotAfterBytes,
        snapshotEvery,
        tls);
  }

  public static RaftOptions from(Fields fields) {
    String folder =
        fields
            .text("folder", 1, 4096)
            .about("Folder of the log and the snapshots.")
            .orElse("data/kv");
    int port =
        fields
            .integer("port", 0, 65535)
            .about("Port where members of the store meet; 0 for any free one.")
            .orElse(6701);
    long minFreeBytes =
        fields
            .longInteger("minFreeBytes", 0, TIB)
            .about("Writes are refused while the disk has less room.")
            .orElse(128L << 20);
    Duration electionMin =
        fields
            .millis("electionMinMs", 10, 60_000)
            .about("Least time without a leader until one is elected.")
            .orElse(Duration.ofMillis(500));
    Duration electionMax =
        fields
            .millis("electionMaxMs", 10, 60_000)
            .about("Most time without a leader until one is elected.")
            .orElse(Duration.ofMillis(900));
    boolean leaderLease =
        fields
            .flag("leaderLease")
            .about("Whether a leader that just heard from a majority reads without asking again.")
            .orElse(true);
    long snapshotAfterBytes =
        fields
            .longInteger("snapshotAfterBytes", 64L << 10, TIB)
            .about("How much log makes a snapshot worthwhile.")
            .orElse(64L << 20);
    Duration snapshotEvery =
        fields
            .millis("snapshotEveryMs", 1_000, 86_400_000)
            .about("After how long a snapshot is made if anything was written.")
            .orElse(Duration.ofMinutes(10));
    Optional<NodeTls> tls = fields.section("tls", NodeTls::from);
    return fields.build(
        () ->
            new RaftOptions(
                Path.of(folder),
                port,
                minFreeBytes,
                electionMin,
                electionMax,
                leaderLease,
                snapshotAfterBytes,
                snapshotEvery,
                tls));
  }
}
