package io.vertebra.queue;

/** The queues as their owner has them. */
interface QueueOwner extends QueueService {

  /** Ends it, on the context of the owner. */
  void close();

  /** Ends it if it is the owner no more, as far as this node knows; on the context of the owner. */
  void look();

  /** Whether it is the owner no more. */
  boolean isClosed();
}
