package io.vertebra.consul;

import io.vertebra.kv.Bytes;
import java.util.Map;
import java.util.Set;

/**
 * What a transaction is decided on: the store as it was at a revision.
 *
 * @param pairs those that its operations name, by place
 * @param sessions those of them that are there
 * @param delayed keys that nobody may lock yet
 */
record TxnBasis(long revision, Map<Bytes, Pair> pairs, Set<String> sessions, Set<String> delayed) {}
