package io.vertebra.sqs;

import io.vertebra.queue.QueueService;

/**
 * A request.
 *
 * @param queues as whoever sent it may use them
 * @param base where the client reached this node, for URLs of queues
 */
record Asked(Params params, QueueService queues, String base) {}
