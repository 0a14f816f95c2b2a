package io.vertebra.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.nats.client.Connection;
import io.nats.client.ConsumeOptions;
import io.nats.client.ConsumerContext;
import io.nats.client.JetStream;
import io.nats.client.JetStreamApiException;
import io.nats.client.JetStreamManagement;
import io.nats.client.MessageConsumer;
import io.nats.client.Nats;
import io.nats.client.api.AckPolicy;
import io.nats.client.api.ConsumerConfiguration;
import io.nats.client.api.RetentionPolicy;
import io.nats.client.api.StorageType;
import io.nats.client.api.StreamConfiguration;
import io.vertx.core.Future;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A work queue of JetStream in files. A connection for all senders and one for all receivers, with
 * a pull of its own for each. Whether an acknowledgement is on disk is not told.
 */
final class NatsQueue implements QueueClient {
  private static final String GROUP = "group";

  private final JetStream sending;
  private final Connection receiving;
  private final List<MessageConsumer> consumers = new ArrayList<>();

  NatsQueue(int port) throws Exception {
    String url = "nats://127.0.0.1:" + port;
    Connection connection = Nats.connect(url);
    receiving = Nats.connect(url);
    sending = connection.jetStream();
    JetStreamManagement management = connection.jetStreamManagement();
    remove(management);
    management.addStream(
        StreamConfiguration.builder()
            .name(QUEUE)
            .subjects(QUEUE)
            .storageType(StorageType.File)
            .retentionPolicy(RetentionPolicy.WorkQueue)
            .build());
    management.createConsumer(
        QUEUE,
        ConsumerConfiguration.builder()
            .durable(GROUP)
            .ackPolicy(AckPolicy.Explicit)
            .maxAckPending(100_000)
            .build());
  }

  private static void remove(JetStreamManagement management) throws IOException {
    try {
      management.deleteStream(QUEUE);
    } catch (JetStreamApiException absent) {
      // The first run.
    }
  }

  @Override
  public Future<Void> send(int sender, String body) {
    return Future.fromCompletionStage(sending.publishAsync(QUEUE, body.getBytes(UTF_8))).mapEmpty();
  }

  @Override
  public void receive(int receiver, Consumer<String> taken, Consumer<Throwable> failed)
      throws Exception {
    ConsumerContext group = receiving.getConsumerContext(QUEUE, GROUP);
    ConsumeOptions options = ConsumeOptions.builder().batchSize(BATCH).build();
    consumers.add(
        group.consume(
            options,
            message -> {
              taken.accept(new String(message.getData(), UTF_8));
              message.ack();
            }));
  }
}
