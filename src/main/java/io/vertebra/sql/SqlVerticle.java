package io.vertebra.sql;

import io.vertebra.api.Kernel;
import io.vertebra.api.RemoteServer;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.mysqlclient.MySQLBuilder;
import io.vertx.mysqlclient.MySQLConnectOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnectOptions;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the pool and sees whether the database answers. One that does not is no reason not to
 * start: it is asked again each second.
 */
public final class SqlVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(SqlVerticle.class);

  /** After this a connection that nobody used is closed. */
  private static final int IDLE_SECONDS = 60;

  private final SqlOptions options;
  private final Pool pool;
  private final PooledSqlService service;
  private final RemoteServer server;

  /**
   * Makes the pool, which connects when first used.
   *
   * @throws io.vertebra.api.Failure if a file of the options cannot be read
   */
  public SqlVerticle(Kernel kernel, SqlOptions options, LongSupplier nanoTime) {
    this.options = options;
    SqlConnectOptions connection = connection(options);
    this.pool = pool(kernel.vertx(), connection, options);
    this.server = new RemoteServer(kernel, "sql");
    this.service =
        new PooledSqlService(kernel.vertx(), pool, connection, options, server, nanoTime);
  }

  /** The calls; usable before the start. */
  public SqlService service() {
    return service;
  }

  @Override
  public Future<?> start() {
    LOG.info(
        "sql.client opened kind={} host={} port={}",
        options.kind(),
        options.host(),
        options.port());
    server.watch(service::ping);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    server.unwatch();
    return pool.close();
  }

  private static Pool pool(Vertx vertx, SqlConnectOptions connection, SqlOptions options) {
    PoolOptions size =
        new PoolOptions()
            .setMaxSize(options.poolSize())
            .setMaxWaitQueueSize(options.maxWaiting())
            .setIdleTimeout(IDLE_SECONDS)
            .setIdleTimeoutUnit(TimeUnit.SECONDS)
            .setConnectionTimeout((int) options.timeout().toMillis())
            .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS);
    return connection instanceof PgConnectOptions postgres
        ? PgBuilder.pool().with(size).connectingTo(postgres).using(vertx).build()
        : MySQLBuilder.pool().with(size).connectingTo(connection).using(vertx).build();
  }

  private static SqlConnectOptions connection(SqlOptions options) {
    SqlConnectOptions settings =
        options.kind() == SqlKind.POSTGRESQL ? new PgConnectOptions() : new MySQLConnectOptions();
    settings
        .setHost(options.host())
        .setPort(options.port())
        .setDatabase(options.database())
        .setUser(options.user())
        .setPassword(
            RemoteServer.secret(options.passwordFile(), options.password(), "/sql/passwordFile"))
        .setCachePreparedStatements(true);
    options.authorities().ifPresent(file -> secure(settings, file));
    return settings;
  }

  private static void secure(SqlConnectOptions settings, Path authorities) {
    settings.setSslOptions(
        new ClientSSLOptions()
            .setHostnameVerificationAlgorithm("HTTPS")
            .setTrustOptions(new PemTrustOptions().addCertPath(authorities.toString())));
    if (settings instanceof PgConnectOptions postgres) {
      postgres.setSslMode(SslMode.VERIFY_FULL);
    } else if (settings instanceof MySQLConnectOptions mysql) {
      mysql.setSslMode(io.vertx.mysqlclient.SslMode.VERIFY_IDENTITY);
    }
  }
}
