package io.vertebra.kv;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A log entry.
 *
 * @param sequence tells the batches of a proposer from each other
 * @param acknowledged the proposer will never send again what has a sequence up to this
 * @param commands as {@link Codec#encode(Command)} wrote them
 */
record Batch(long proposer, long sequence, long acknowledged, List<ByteBuffer> commands) {}
