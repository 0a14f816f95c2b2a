package io.vertebra.kafka;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.RemoteServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Makes clients of one Kafka, and calls its admin client. Safe for any thread. */
public final class KafkaClients {
  private static final int THREADS = 4;

  private final KafkaOptions options;
  private final Map<String, Object> settings;
  private final Workers workers;
  private final RemoteServer server;
  private final LongSupplier nanoTime;
  private @Nullable Admin admin;
  private boolean closed;

  KafkaClients(Vertx vertx, KafkaOptions options, RemoteServer server, LongSupplier nanoTime) {
    this.options = options;
    this.settings = settings(options);
    this.workers = new Workers(vertx, "vertebra-kafka-admin", THREADS);
    this.server = server;
    this.nanoTime = nanoTime;
  }

  private static Map<String, Object> settings(KafkaOptions options) {
    Map<String, Object> settings = new HashMap<>(options.properties());
    options.propertiesFile().ifPresent(file -> settings.putAll(read(file)));
    settings.put(
        CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, String.join(",", options.bootstrapServers()));
    int millis = (int) options.timeout().toMillis();
    settings.put(CommonClientConfigs.REQUEST_TIMEOUT_MS_CONFIG, millis);
    settings.put(CommonClientConfigs.RECONNECT_BACKOFF_MAX_MS_CONFIG, 500);
    return settings;
  }

  private static Map<String, String> read(Path file) {
    Properties found = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      found.load(reader);
    } catch (IOException e) {
      throw Failure.invalid("/kafka/propertiesFile", "cannot be read: " + e.getMessage());
    }
    Map<String, String> properties =
        found.stringPropertyNames().stream()
            .collect(Collectors.toMap(name -> name, found::getProperty));
    KafkaOptions.requireSecurity("/kafka/propertiesFile", properties);
    return properties;
  }

  /** Milliseconds within which each call ends. */
  public int timeoutMillis() {
    return (int) options.timeout().toMillis();
  }

  /** A consumer of bytes that reads what is committed; it may block, and is for one thread. */
  public Consumer<byte[], byte[]> consumer(Map<String, Object> more) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    all.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeoutMillis());
    all.putAll(more);
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    return new KafkaConsumer<>(all, bytes, bytes);
  }

  /** A producer of bytes whose records are on all replicas in sync once it says so; may block. */
  public Producer<byte[], byte[]> producer(Map<String, Object> more) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    all.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, (long) timeoutMillis());
    all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, timeoutMillis());
    all.putAll(more);
    ByteArraySerializer bytes = new ByteArraySerializer();
    return new KafkaProducer<>(all, bytes, bytes);
  }

  /** Calls the admin client. */
  public <T> Future<T> admin(Function<Admin, KafkaFuture<T>> call) {
    return blocking(() -> call.apply(open()).get());
  }

  /** Does something that blocks, at most {@value #THREADS} at a time. */
  public <T> Future<T> blocking(Callable<T> work) {
    long began = nanoTime.getAsLong();
    return workers
        .run(work)
        .recover(cause -> Future.failedFuture(failure(cause)))
        .onComplete(done -> server.ended(nanoTime.getAsLong() - began))
        .onFailure(server::failed);
  }

  private synchronized Admin open() {
    if (closed) {
      throw new Failure(FailureCode.UNAVAILABLE, "the clients of Kafka are closed");
    }
    if (admin == null) {
      Map<String, Object> all = new HashMap<>(settings);
      all.put(CommonClientConfigs.DEFAULT_API_TIMEOUT_MS_CONFIG, timeoutMillis());
      admin = Admin.create(all);
    }
    return admin;
  }

  /** What a failure of Kafka is for our callers. */
  public static Throwable failure(Throwable thrown) {
    Throwable cause =
        thrown instanceof ExecutionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    String detail = "Kafka: " + cause.getMessage();
    if (cause instanceof RecordTooLargeException) {
      return new Failure(FailureCode.TOO_LARGE, detail);
    }
    if (cause instanceof TimeoutException) {
      return new Failure(FailureCode.TIMEOUT, detail);
    }
    return cause instanceof RetriableException
        ? new Failure(FailureCode.UNAVAILABLE, detail)
        : cause;
  }

  void close() {
    workers.close(this::closeAdmin);
  }

  private synchronized void closeAdmin() {
    closed = true;
    if (admin != null) {
      admin.close(Duration.ofSeconds(1));
    }
  }
}
