package io.vertebra.queue;

import io.vertx.core.Future;
import java.util.List;

/**
 * Queues for their callers: what every door offers and every backend keeps. Everything may fail
 * with {@code NOT_FOUND} where the queue or the group is not there, with {@code UNAVAILABLE} where
 * nothing was done, and writes with {@code TIMEOUT} where that is not known. Safe for any thread.
 */
public interface QueueService {

  /** Makes a queue or changes it; {@code STALE} if its revision is not the one expected. */
  Future<QueueView> define(DefineQueue request);

  Future<QueueView> get(String queue);

  Future<QueuePage> list(ListQueues request);

  /** Removes a queue and its messages. */
  Future<Void> delete(String queue);

  /** Removes all messages of a queue, and forgets dedup ids; answers how many there were. */
  Future<Long> purge(String queue);

  /**
   * Sends messages, each for itself: {@code LIMITED} where there is no room, {@code TOO_LARGE}
   * where a body is too long, or a message longer than all that the queue may have.
   *
   * @param messages 1 to 100
   */
  Future<List<Outcome<SentMessage>>> send(String queue, List<NewMessage> messages);

  /**
   * Receives messages; none if there were none in the time.
   *
   * @param gone completes when the caller went away; what it would have got is given back
   */
  Future<List<ReceivedMessage>> receive(ReceiveMessages request, Future<Void> gone);

  /**
   * Settles messages, each for itself: {@code FENCED} where the receipt was superseded by a later
   * delivery or the message was returned, {@code NOT_FOUND} where the group is certainly done with
   * it or it is gone, {@code CONFLICT} while another change of it is under way.
   *
   * @param settlements 1 to 100
   */
  Future<List<Outcome<Settled>>> settle(String queue, List<Settlement> settlements);

  Future<MessagePage> peek(PeekMessages request);

  /** Makes a group or moves it. */
  Future<QueueView> seek(SeekGroup request);

  /** Removes a group; {@code CONFLICT} if it is the last. */
  Future<QueueView> removeGroup(String queue, String group);

  /**
   * Begins to move messages, or tells which ones that would be; {@code CONFLICT} while another
   * redrive of the queue runs.
   */
  Future<RedriveState> redrive(Redrive request);

  /** How far the last redrive of a queue is; {@code NOT_FOUND} if this owner knows of none. */
  Future<RedriveState> redriveState(String queue);

  /** Ends a redrive; what was moved stays moved. */
  Future<RedriveState> cancelRedrive(String queue);

  /** Has messages sent to an address of the bus; replaces what was said of this address. */
  Future<QueueView> subscribe(Subscription subscription);

  /** Sends no more to an address. */
  Future<QueueView> unsubscribe(String queue, String group, String address);
}
