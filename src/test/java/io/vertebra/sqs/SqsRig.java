package io.vertebra.sqs;

import static io.vertebra.testkit.Waiting.await;

import io.vertebra.api.Fields;
import io.vertebra.api.Interceptor;
import io.vertebra.queue.BackendQueueVerticle;
import io.vertebra.queue.QueueOptions;
import io.vertebra.queue.QueueService;
import io.vertebra.queue.QueueVerticle;
import io.vertebra.testkit.KvNode;
import io.vertebra.testkit.RedisNode;
import io.vertebra.webhook.AllowedHosts;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;

/** A node with queues that answers clients of SQS; its time stands still until told. */
final class SqsRig implements AutoCloseable {
  final KvNode node;
  final QueueService queues;

  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicInteger waited = new AtomicInteger();

  /** With queues in the store. */
  SqsRig() {
    this(
        node -> {
          QueueVerticle owner =
              QueueVerticle.stored(
                  node.kernel,
                  options(),
                  node.kv(),
                  node.kv(),
                  AllowedHosts.of(List.of()),
                  5,
                  System::nanoTime);
          String unused = await(node.vertx.deployVerticle(owner));
          return owner.service();
        });
  }

  /** With queues in Redis. */
  SqsRig(RedisNode redis) {
    this(
        node -> {
          BackendQueueVerticle backend =
              BackendQueueVerticle.stored(
                  node.kernel,
                  options(),
                  redis.service(),
                  node.kv(),
                  AllowedHosts.of(List.of()),
                  5,
                  System::nanoTime);
          String unused = await(node.vertx.deployVerticle(backend));
          return backend.service();
        });
  }

  private SqsRig(Function<KvNode, QueueService> opener) {
    node = new KvNode(counting());
    queues = opener.apply(node);
    SqsVerticle sqs =
        new SqsVerticle(
            node.kernel,
            new SqsVerticle.Listener(node.router, node.compatible, 1 << 20),
            SqsOptions.from(Fields.of(new JsonObject())),
            System::nanoTime);
    String unused = await(node.vertx.deployVerticle(sqs));
  }

  private static QueueOptions options() {
    return QueueOptions.from(Fields.of(new JsonObject()));
  }

  private Interceptor counting() {
    return (call, next) -> {
      if (!call.waits()) {
        return next.apply(call);
      }
      waited.incrementAndGet();
      waiting.incrementAndGet();
      return next.apply(call).onComplete(done -> waiting.decrementAndGet());
    };
  }

  /** Calls that wait for messages. */
  int waiting() {
    return waiting.get();
  }

  /** Calls that waited for messages so far. */
  int waited() {
    return waited.get();
  }

  /** The SDK as it comes, but that it tries once. */
  SqsClient client() {
    return client("");
  }

  /**
   * The same.
   *
   * @param path of the endpoint
   */
  SqsClient client(String path) {
    return SqsClient.builder()
        .endpointOverride(URI.create(node.url() + path))
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")))
        .httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(Duration.ofSeconds(30)))
        .overrideConfiguration(
            ClientOverrideConfiguration.builder()
                .retryStrategy(retries -> retries.maxAttempts(1))
                .build())
        .build();
  }

  @Override
  public void close() {
    node.close();
  }
}
