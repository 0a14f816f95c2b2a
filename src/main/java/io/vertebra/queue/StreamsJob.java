package io.vertebra.queue;

import io.micrometer.core.instrument.Gauge;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Feed;
import io.vertebra.api.Kernel;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The lasting connections of this node that messages are pushed to. Who settles a message tells its
 * connection on the event bus, by what stands in the receipt; if that is lost, the end of the lease
 * does it. There are as many as may wait ({@code api.maxWaiting}). Safe for any thread.
 */
final class StreamsJob {
  private static final String ADDRESS = "vertebra.queue-streams.";

  private final Kernel kernel;
  private final QueueService queues;
  private final Map<Long, StreamJob> streams = new ConcurrentHashMap<>();
  private final AtomicLong last = new AtomicLong();
  private @Nullable MessageConsumer<JsonObject> consumer;

  /**
   * @param queues whatever keeps them
   * @param admission makes a subscription one that may be kept, or throws
   */
  StreamsJob(Kernel kernel, QueueService queues, UnaryOperator<Subscription> admission) {
    this.kernel = kernel;
    this.queues = new TellingQueueService(queues, this::tell, admission);
  }

  /** The queues, which know receipts of connections. */
  QueueService queues() {
    return queues;
  }

  Future<Void> start() {
    Gauge.builder("vertebra.queue.streams", streams, Map::size)
        .description("Lasting connections of this node that messages are pushed to")
        .register(kernel.meters());
    MessageConsumer<JsonObject> heard = vertx().eventBus().consumer(ADDRESS + kernel.node());
    consumer = heard.handler(this::told);
    return heard.completion();
  }

  void stop() {
    if (consumer != null) {
      Future<Void> unused = consumer.unregister();
    }
    streams.values().forEach(StreamJob::close);
  }

  Vertx vertx() {
    return kernel.vertx();
  }

  Clock clock() {
    return kernel.clock();
  }

  /** Opens one, to be used where this is called; fails if there is no such queue or group. */
  Future<Feed> open(StreamMessages request, Operation.Manner manner) {
    return queues
        .get(request.queue())
        .map(
            view -> {
              if (view.groups().stream().noneMatch(each -> each.name().equals(request.group()))) {
                throw new Failure(
                    FailureCode.NOT_FOUND,
                    "queue " + request.queue() + " has no group " + request.group());
              }
              long number = last.incrementAndGet();
              StreamJob stream = new StreamJob(this, number, request, manner);
              streams.put(number, stream);
              return stream;
            });
  }

  String ticket(String receipt, long stream) {
    return new Ticket(receipt, kernel.node(), stream).text();
  }

  void closed(long number) {
    StreamJob unused = streams.remove(number);
  }

  private void tell(Ticket ticket, Optional<Settlement> extended) {
    JsonObject news =
        new JsonObject().put("stream", ticket.stream()).put("receipt", ticket.receipt());
    extended.flatMap(Settlement::time).ifPresent(time -> news.put("visibilityMs", time.toMillis()));
    vertx().eventBus().send(ADDRESS + ticket.node(), news, new DeliveryOptions());
  }

  private void told(Message<JsonObject> message) {
    JsonObject news = message.body();
    StreamJob stream = streams.get(news.getLong("stream"));
    if (stream != null) {
      Optional<Duration> longer =
          Optional.ofNullable(news.getLong("visibilityMs")).map(Duration::ofMillis);
      stream.settled(news.getString("receipt"), longer);
    }
  }
}
