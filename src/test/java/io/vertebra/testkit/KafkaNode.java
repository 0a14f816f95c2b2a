package io.vertebra.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;

/** A Kafka of one node in this process, on free ports, whose files outlive a restart. */
public final class KafkaNode implements AutoCloseable {
  private final int port;
  private final int controller;
  private final Path folder;
  private final Properties settings = new Properties();
  private KafkaRaftServer server;

  /** Starts it. */
  public KafkaNode() {
    try (ServerSocket one = new ServerSocket(0);
        ServerSocket another = new ServerSocket(0)) {
      port = one.getLocalPort();
      controller = another.getLocalPort();
      folder = Files.createTempDirectory("kafka");
      set();
      format();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    start();
  }

  private void set() {
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
    settings.put(
        "listeners", "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controller);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("log.dirs", folder.resolve("logs").toString());
    for (String replicated :
        List.of(
            "offsets.topic.replication.factor",
            "transaction.state.log.replication.factor",
            "transaction.state.log.min.isr",
            "offsets.topic.num.partitions",
            "transaction.state.log.num.partitions")) {
      settings.put(replicated, "1");
    }
    settings.put("log.cleaner.dedupe.buffer.size", "2097152");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("auto.create.topics.enable", "false");
    settings.put("controlled.shutdown.enable", "false");
  }

  private void format() throws IOException {
    Path file = folder.resolve("server.properties");
    try (var out = Files.newBufferedWriter(file)) {
      settings.store(out, null);
    }
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    String[] command = {"format", "-t", Uuid.randomUuid().toString(), "-c", file.toString()};
    int code = StorageTool.execute(command, new PrintStream(told, true, StandardCharsets.UTF_8));
    if (code != 0) {
      throw new IllegalStateException(told.toString(StandardCharsets.UTF_8));
    }
  }

  /** Starts it again. */
  public void start() {
    server = new KafkaRaftServer(KafkaConfig.fromProps(settings, false), Time.SYSTEM);
    server.startup();
  }

  /** Stops it; what it has stays. */
  public void stop() {
    server.shutdown();
    server.awaitShutdown();
  }

  /** Where it is. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** A client of its own to look after it. */
  public Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", address()));
  }

  /** Removes all topics. */
  public void clear() {
    try (Admin admin = admin()) {
      Set<String> topics = admin.listTopics().names().get();
      admin.deleteTopics(topics).all().get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    stop();
    try (Stream<Path> files = Files.walk(folder)) {
      files.sorted((one, other) -> other.compareTo(one)).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
