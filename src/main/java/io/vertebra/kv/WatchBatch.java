package io.vertebra.kv;

import java.util.List;

/**
 * Changes in the order they happened.
 *
 * @param revision all changes of the range up to this one have been told
 * @param events none if only progress is told
 */
public record WatchBatch(long revision, List<KvEvent> events) {}
