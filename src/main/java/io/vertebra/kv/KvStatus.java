package io.vertebra.kv;

/**
 * Where the store stands.
 *
 * @param clusterId of the group of members, the same on all
 * @param memberId of this one in the group
 * @param leaderId 0 if none is known
 * @param term how many elections there have been, at least
 * @param revision of the last change applied here
 * @param compactedRevision what was before is forgotten
 * @param commitIndex last log entry known to be on a majority
 * @param appliedIndex last log entry applied here
 * @param keys in the store
 * @param bytes of memory its data takes, about
 */
public record KvStatus(
    long clusterId,
    long memberId,
    long leaderId,
    long term,
    long revision,
    long compactedRevision,
    long commitIndex,
    long appliedIndex,
    long keys,
    long bytes) {

  public boolean isLeader() {
    return leaderId != 0 && leaderId == memberId;
  }

  public boolean hasLeader() {
    return leaderId != 0;
  }
}
