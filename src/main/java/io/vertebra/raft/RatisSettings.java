package io.vertebra.raft;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.grpc.GrpcTlsConfig;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.server.RaftServerConfigKeys.Read;
import org.apache.ratis.server.RaftServerConfigKeys.Rpc;
import org.apache.ratis.server.RaftServerConfigKeys.Snapshot;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/** How Ratis is told what it is to do; what is not set here is as Ratis has it. */
final class RatisSettings {
  /** Most bytes of an entry: what one message between members may carry. */
  static final int MAX_ENTRY_BYTES = (4 << 20) - 1024;

  /** How long members remember the answers to requests, so that none is done twice. */
  static final Duration ANSWERS_KEPT = Duration.ofSeconds(30);

  private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(3);
  private static final int SNAPSHOTS_KEPT = 2;
  private static final long SMALLEST_SEGMENT = 1 << 20;
  private static final long LARGEST_SEGMENT = 16 << 20;
  private static final long PREALLOCATED = 4 << 20;

  private RatisSettings() {}

  /**
   * @param folder of the group that is opened first
   * @param alone whether there are no other members, so that nothing is to be awaited before an
   *     election
   */
  static RaftProperties properties(RaftOptions options, Path folder, Peer self, boolean alone) {
    RaftProperties properties = new RaftProperties();
    RaftServerConfigKeys.setStorageDir(properties, List.of(folder.toFile()));
    GrpcConfigKeys.Server.setHost(properties, self.host());
    GrpcConfigKeys.Server.setPort(properties, options.port());
    elections(properties, options, alone);
    reads(properties, options);
    log(properties, options);
    retries(properties, options);
    snapshots(properties);
    RaftServerConfigKeys.RetryCache.setExpiryTime(properties, time(ANSWERS_KEPT));
    RaftServerConfigKeys.ThreadPool.setServerCached(properties, true);
    RaftServerConfigKeys.ThreadPool.setClientCached(properties, true);
    RaftServerConfigKeys.Write.setByteLimit(properties, SizeInBytes.valueOf("64MB"));
    RaftClientConfigKeys.Rpc.setRequestTimeout(properties, time(REQUEST_TIMEOUT));
    return properties;
  }

  static Parameters parameters(RaftOptions options) {
    Parameters parameters = new Parameters();
    GrpcConfigKeys.Server.setServicesCustomizer(
        parameters, (server, services) -> server.intercept(new AppendInterceptor()));
    options
        .tls()
        .ifPresent(
            tls ->
                GrpcConfigKeys.TLS.setConf(
                    parameters,
                    new GrpcTlsConfig(
                        tls.key().toFile(),
                        tls.certificate().toFile(),
                        tls.authorities().toFile(),
                        true)));
    return parameters;
  }

  private static void elections(RaftProperties properties, RaftOptions options, boolean alone) {
    Rpc.setTimeoutMin(properties, time(options.electionMin()));
    Rpc.setTimeoutMax(properties, time(options.electionMax()));
    Duration first = alone ? Duration.ofMillis(10) : options.electionMin().dividedBy(2);
    Rpc.setFirstElectionTimeoutMin(properties, time(first));
    Rpc.setFirstElectionTimeoutMax(properties, time(first.multipliedBy(2)));
    Rpc.setRequestTimeout(properties, time(REQUEST_TIMEOUT));
    RaftServerConfigKeys.LeaderElection.setPreVote(properties, true);
  }

  private static void reads(RaftProperties properties, RaftOptions options) {
    Read.setOption(properties, Read.Option.LINEARIZABLE);
    Read.setLeaderLeaseEnabled(properties, options.leaderLease());
    Read.setTimeout(properties, TimeDuration.valueOf(5, TimeUnit.SECONDS));
  }

  /**
   * A follower appends what it is sent while it takes the request, one after the other as the
   * {@link AppendInterceptor} sees to. The other way of Ratis 3.3, a chain of futures, can run a
   * link twice and fails all links for ever after the first that failed.
   *
   * <p>Of the segments that are full only those stay in memory that a member is still to get or to
   * apply: less than a segment is allowed, so that each is looked at as soon as it is full.
   */
  private static void log(RaftProperties properties, RaftOptions options) {
    long segment =
        Math.max(SMALLEST_SEGMENT, Math.min(LARGEST_SEGMENT, options.snapshotAfterBytes() / 2));
    Log.setCorruptionPolicy(properties, Log.CorruptionPolicy.EXCEPTION);
    Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(segment));
    Log.setPreallocatedSize(properties, SizeInBytes.valueOf(Math.min(segment, PREALLOCATED)));
    Log.setSegmentCacheNumMax(properties, 1);
    Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf("16MB"));
    Log.setWriteBufferSize(properties, SizeInBytes.valueOf("5MB"));
    Log.setLogMetadataEnabled(properties, false);
    Log.setPurgeUptoSnapshotIndex(properties, true);
    Log.setPurgeGap(properties, 1);
    Log.setAppendEntriesComposeEnabled(properties, false);
    Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf("4MB"));
    Log.Appender.setWaitTimeMin(properties, TimeDuration.valueOf(0, TimeUnit.MILLISECONDS));
  }

  /**
   * How long a leader waits before it sends to a follower again that failed as often. Ratis would
   * wait for seconds after some failures, and a follower that came back would miss its leader all
   * the while and never catch up.
   */
  private static void retries(RaftProperties properties, RaftOptions options) {
    long wait = Math.max(1, options.electionMin().toMillis() / 5);
    Log.Appender.setRetryPolicy(properties, "1ms,10, " + wait + "ms,1000000000");
  }

  private static void snapshots(RaftProperties properties) {
    Snapshot.setAutoTriggerEnabled(properties, false);
    Snapshot.setTriggerWhenStopEnabled(properties, false);
    Snapshot.setTriggerWhenRemoveEnabled(properties, false);
    Snapshot.setRetentionFileNum(properties, SNAPSHOTS_KEPT);
  }

  static TimeDuration time(Duration duration) {
    return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
  }
}
