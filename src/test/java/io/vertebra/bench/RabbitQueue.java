package io.vertebra.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A quorum queue of RabbitMQ, which syncs its log before it confirms. A connection for all senders
 * and one for all receivers, with a channel for each. Whether an acknowledgement is on disk is not
 * told.
 */
final class RabbitQueue implements QueueClient {
  private final Map<Integer, Sender> senders = new ConcurrentHashMap<>();
  private final Connection sending;
  private final Connection receiving;

  RabbitQueue(int port) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setHost("127.0.0.1");
    factory.setPort(port);
    sending = factory.newConnection();
    receiving = factory.newConnection();
    try (Channel channel = sending.createChannel()) {
      channel.queueDeclare(QUEUE, true, false, false, Map.of("x-queue-type", "quorum"));
      channel.queuePurge(QUEUE);
    }
  }

  /** A channel with at most one message that is not confirmed. */
  private static final class Sender {
    private final Channel channel;
    private volatile Promise<Void> confirmed = Promise.promise();

    Sender(Connection connection) throws IOException {
      channel = connection.createChannel();
      channel.confirmSelect();
      channel.addConfirmListener(
          (tag, multiple) -> confirmed.complete(), (tag, multiple) -> confirmed.fail("refused"));
    }

    Future<Void> send(String body) throws IOException {
      Promise<Void> next = Promise.promise();
      confirmed = next;
      channel.basicPublish(
          "", QUEUE, MessageProperties.PERSISTENT_TEXT_PLAIN, body.getBytes(UTF_8));
      return next.future();
    }
  }

  @Override
  public Future<Void> send(int number, String body) throws Exception {
    Sender sender = senders.get(number);
    if (sender == null) {
      sender = new Sender(sending);
      senders.put(number, sender);
    }
    return sender.send(body);
  }

  @Override
  public void receive(int receiver, Consumer<String> taken, Consumer<Throwable> failed)
      throws Exception {
    Channel channel = receiving.createChannel();
    channel.basicQos(BATCH);
    String unused =
        channel.basicConsume(
            QUEUE,
            false,
            (tag, message) -> {
              taken.accept(new String(message.getBody(), UTF_8));
              channel.basicAck(message.getEnvelope().getDeliveryTag(), false);
            },
            tag -> failed.accept(new IOException("cancelled")));
  }
}
