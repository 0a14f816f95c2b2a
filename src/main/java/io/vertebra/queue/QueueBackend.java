package io.vertebra.queue;

/** Where the messages of queues are. */
public enum QueueBackend {
  /** In the store that the nodes share: the strongest promises. */
  KV,
  REDIS,
  KAFKA
}
