package io.vertebra.testkit;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.redis.RedisOptions;
import io.vertebra.redis.RedisService;
import io.vertebra.redis.RedisVerticle;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import redis.embedded.RedisServer;

/** A Redis server as a process of its own on a free port, and our client of it. */
public final class RedisNode implements AutoCloseable {
  private final int port = freePort();
  private final List<String> settings;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Vertx vertx = Vertx.vertx();
  private final RedisVerticle client;
  private Process process;

  /** Without a password; calls end within two seconds. */
  public RedisNode() {
    this(new JsonObject());
  }

  /**
   * @param options added to those of the client
   * @param settings of the server
   */
  public RedisNode(JsonObject options, String... settings) {
    this.settings = List.of(settings);
    start();
    JsonObject json =
        new JsonObject()
            .put("addresses", new JsonArray().add("127.0.0.1:" + port))
            .put("timeoutMs", 2_000)
            .mergeIn(options);
    Kernel kernel = new Kernel(vertx, "test", Clock.systemUTC(), meters, List.of());
    this.client = new RedisVerticle(kernel, RedisOptions.from(Fields.of(json)), System::nanoTime);
    await(vertx.deployVerticle(client));
  }

  public Vertx vertx() {
    return vertx;
  }

  public RedisService service() {
    return client.service();
  }

  public SimpleMeterRegistry meters() {
    return meters;
  }

  public int port() {
    return port;
  }

  /** Starts it, empty, on the same port as before. */
  public void start() {
    process = server(port, settings);
  }

  /** Ends it at once, as by SIGKILL. */
  public void kill() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Has it stand still, or go on. */
  public void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * A server as a process, once it can be connected to.
   *
   * @param settings begin with those of a file, if there is one
   */
  public static Process server(int port, List<String> settings) {
    try {
      Path folder = Files.createTempDirectory("redis");
      List<String> command = new ArrayList<>();
      command.add(executable());
      boolean file = !settings.isEmpty() && !settings.get(0).startsWith("--");
      if (file) {
        command.add(settings.get(0));
      }
      command.addAll(List.of("--port", Integer.toString(port), "--bind", "127.0.0.1"));
      command.addAll(List.of("--dir", folder.toString()));
      if (!file) {
        command.addAll(List.of("--save", ""));
      }
      command.addAll(settings.subList(file ? 1 : 0, settings.size()));
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
      eventually(() -> connect(port));
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void connect(int port) {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setTcpNoDelay(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the library put its program. */
  private static synchronized String executable() throws IOException {
    return new RedisServer(freePort()) {
      String path() {
        return args.get(0);
      }
    }.path();
  }

  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    await(vertx.close());
    kill();
  }
}
