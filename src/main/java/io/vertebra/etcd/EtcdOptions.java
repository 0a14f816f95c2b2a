package io.vertebra.etcd;

import io.vertebra.api.Fields;
import java.time.Duration;

/**
 * The section {@code etcd}.
 *
 * @param enabled whether the paths are offered; true unless given
 * @param rangeBytes most bytes of keys and values in one answer, 64 KiB to 1 GiB, 16 MiB unless
 *     given; a range that has more needs a limit
 * @param watchStreams most connections that watch, 1 to 1,000,000, 512 unless given; to be less
 *     than {@code api.maxInFlight}, for each is a request under way
 * @param watchesPerStream most watches of one connection, 1 to 100,000, 1,000 unless given
 * @param progress after how long without a change a watch is told the revision it has reached,
 *     which also keeps its connection from being taken for idle; in JSON {@code progressMs}, 100 ms
 *     to 10 min, 10 s unless given
 */
public record EtcdOptions(
    boolean enabled, long rangeBytes, int watchStreams, int watchesPerStream, Duration progress) {

  public static EtcdOptions from(Fields fields) {
    boolean enabled =
        fields.flag("enabled").about("Whether etcd's paths under /v3 are offered.").orElse(true);
    long rangeBytes =
        fields
            .longInteger("rangeBytes", 1 << 16, 1 << 30)
            .about("Most bytes of keys and values in one answer.")
            .orElse(16L << 20);
    int watchStreams =
        fields
            .integer("watchStreams", 1, 1_000_000)
            .about("Most connections that watch at once.")
            .orElse(512);
    int watchesPerStream =
        fields
            .integer("watchesPerStream", 1, 100_000)
            .about("Most watches of one connection.")
            .orElse(1_000);
    Duration progress =
        fields
            .millis("progressMs", 100, 600_000)
            .about("After how long without a change a watch is told the revision it has reached.")
            .orElse(Duration.ofSeconds(10));
    return fields.build(
        () -> new EtcdOptions(enabled, rangeBytes, watchStreams, watchesPerStream, progress));
  }
}
