package io.vertebra.queue;

import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;

/** Queues that another one answers for. */
abstract class AskingQueueService implements QueueService {

  /** Has a call answered by whoever is to answer it. */
  abstract <T> Future<T> ask(Function<QueueService, Future<T>> call);

  @Override
  public Future<QueueView> define(DefineQueue request) {
    return ask(owner -> owner.define(request));
  }

  @Override
  public Future<QueueView> get(String queue) {
    return ask(owner -> owner.get(queue));
  }

  @Override
  public Future<QueuePage> list(ListQueues request) {
    return ask(owner -> owner.list(request));
  }

  @Override
  public Future<Void> delete(String queue) {
    return ask(owner -> owner.delete(queue));
  }

  @Override
  public Future<Long> purge(String queue) {
    return ask(owner -> owner.purge(queue));
  }

  @Override
  public Future<List<Outcome<SentMessage>>> send(String queue, List<NewMessage> messages) {
    return ask(owner -> owner.send(queue, messages));
  }

  @Override
  public Future<List<ReceivedMessage>> receive(ReceiveMessages request, Future<Void> gone) {
    return ask(owner -> owner.receive(request, gone));
  }

  @Override
  public Future<List<Outcome<Settled>>> settle(String queue, List<Settlement> settlements) {
    return ask(owner -> owner.settle(queue, settlements));
  }

  @Override
  public Future<MessagePage> peek(PeekMessages request) {
    return ask(owner -> owner.peek(request));
  }

  @Override
  public Future<QueueView> seek(SeekGroup request) {
    return ask(owner -> owner.seek(request));
  }

  @Override
  public Future<QueueView> removeGroup(String queue, String group) {
    return ask(owner -> owner.removeGroup(queue, group));
  }

  @Override
  public Future<RedriveState> redrive(Redrive request) {
    return ask(owner -> owner.redrive(request));
  }

  @Override
  public Future<RedriveState> redriveState(String queue) {
    return ask(owner -> owner.redriveState(queue));
  }

  @Override
  public Future<RedriveState> cancelRedrive(String queue) {
    return ask(owner -> owner.cancelRedrive(queue));
  }

  @Override
  public Future<QueueView> subscribe(Subscription subscription) {
    return ask(owner -> owner.subscribe(subscription));
  }

  @Override
  public Future<QueueView> unsubscribe(String queue, String group, String address) {
    return ask(owner -> owner.unsubscribe(queue, group, address));
  }
}
