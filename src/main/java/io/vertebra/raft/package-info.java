/**
 * Makes several replicas of a state agree, by the consensus algorithm Raft as Apache Ratis has it.
 * The only package that knows of Ratis. A node may be a member of several groups, which share its
 * server and nothing else.
 *
 * <p>Source: D. Ongaro, "Consensus: Bridging Theory and Practice", 2014.
 *
 * <p>Guaranteed: an entry is on the disks of a majority, flushed, before its proposer is answered;
 * entries are applied in one order everywhere; what is damaged on disk is found at the start and
 * named, and stops it; a member never gives up entries that it acknowledged. A full disk refuses
 * writes within their deadline, and writes are taken again, without a new start, once there is
 * room.
 *
 * <p>Not guaranteed: anything, once a majority of the members lost their folders; an order of two
 * proposals that are under way at the same time; service while a majority cannot talk. Without TLS
 * whoever reaches the port may write: it belongs on loopback or into a closed network.
 */
@NullMarked
package io.vertebra.raft;

import org.jspecify.annotations.NullMarked;
