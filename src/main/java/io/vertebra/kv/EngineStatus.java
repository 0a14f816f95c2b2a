package io.vertebra.kv;

/**
 * Where a member of a group stands; ids are never 0, but for no leader.
 *
 * @param writable whether writes can be taken, as far as this member knows
 * @param problem why not, for a person; empty if they can
 */
public record EngineStatus(
    long clusterId,
    long memberId,
    long leaderId,
    long term,
    long commitIndex,
    long appliedIndex,
    boolean writable,
    String problem) {}
