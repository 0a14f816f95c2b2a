package io.vertebra.queue;

import io.vertebra.api.Api;
import io.vertebra.api.Kernel;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/**
 * The doors of queues, whatever keeps them: the operations, lasting connections that messages are
 * pushed to, and servers that they are posted to.
 */
final class DoorsJob {
  private final Kernel kernel;
  private final QueueOptions options;
  private final StreamsJob streams;
  private final WebhooksJob webhooks;

  /**
   * @param queues whatever keeps them
   */
  DoorsJob(Kernel kernel, QueueOptions options, QueueService queues, WebhooksJob.Outside outside) {
    this.kernel = kernel;
    this.options = options;
    this.webhooks = new WebhooksJob(kernel, outside);
    this.streams = new StreamsJob(kernel, queues, webhooks::admit);
  }

  /** The queues as callers are to see them. */
  QueueService queues() {
    return streams.queues();
  }

  /** Offers all of it. */
  Future<Void> open() {
    return kernel
        .vertx()
        .executeBlocking(() -> options.keys().read(), false)
        .onSuccess(webhooks::start)
        .compose(read -> streams.start())
        .compose(started -> kernel.offer(api()));
  }

  private Api api() {
    List<Operation<?>> all = new ArrayList<>(QueueApi.of(queues()).operations());
    all.addAll(QueueStreamApi.of(streams));
    return new Api(QueueApi.CONCERN, Api.Scope.CLUSTER, all);
  }

  void close() {
    webhooks.stop();
    streams.stop();
  }
}
