package io.vertebra.raft;

/**
 * A place in a group, with which the engine is to be opened. It is on disk already.
 *
 * @param self this node, as the others reach it
 * @param group with no peers if this node waits until the group adds it
 */
public record Seat(Peer self, Group group) {}
