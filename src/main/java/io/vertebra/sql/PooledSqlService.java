package io.vertebra.sql;

import static io.vertebra.api.FailureCode.INTERNAL;
import static io.vertebra.api.FailureCode.TIMEOUT;
import static io.vertebra.api.FailureCode.UNAVAILABLE;

import io.vertebra.api.Failure;
import io.vertebra.api.RemoteServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.pubsub.PgSubscriber;
import io.vertx.sqlclient.DatabaseException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnectOptions;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls over a pool of connections, which are opened when needed. */
final class PooledSqlService implements SqlService {
  private static final Logger LOG = LoggerFactory.getLogger(PooledSqlService.class);
  private static final long RECONNECT_MS = 500;

  /**
   * Classes of SQLSTATE by which a statement was refused as a whole: rights, lost races, resources,
   * a server that only reads.
   */
  private static final Set<String> LATER = Set.of("25", "28", "40", "53", "55");

  /** The server was about to stop: it may have done it before. */
  private static final Set<String> STOPPING = Set.of("57P01", "57P02", "57P05");

  private final Vertx vertx;
  private final Pool pool;
  private final SqlConnectOptions connection;
  private final SqlOptions options;
  private final RemoteServer server;
  private final LongSupplier nanoTime;
  private final Set<String> created = ConcurrentHashMap.newKeySet();

  PooledSqlService(
      Vertx vertx,
      Pool pool,
      SqlConnectOptions connection,
      SqlOptions options,
      RemoteServer server,
      LongSupplier nanoTime) {
    this.vertx = vertx;
    this.pool = pool;
    this.connection = connection;
    this.options = options;
    this.server = server;
    this.nanoTime = nanoTime;
  }

  @Override
  public SqlKind kind() {
    return options.kind();
  }

  @Override
  public <T> Future<T> work(boolean inTransaction, Function<Statements, Future<T>> work) {
    long begun = nanoTime.getAsLong();
    Promise<T> done = Promise.promise();
    connect(begun)
        .onFailure(done::tryFail)
        .onSuccess(open -> on(open, inTransaction, work, begun).onComplete(done));
    return Future.fromCompletionStage(done.future().toCompletionStage(), vertx.getOrCreateContext())
        .onComplete(ended -> server.ended(nanoTime.getAsLong() - begun))
        .onFailure(server::failed);
  }

  /** A connection, or {@code UNAVAILABLE}; one that comes too late goes back to the pool. */
  private Future<SqlConnection> connect(long begun) {
    Future<SqlConnection> connecting = pool.getConnection();
    return connecting
        .timeout(left(begun), TimeUnit.MILLISECONDS)
        .recover(
            cause -> {
              connecting.onSuccess(SqlConnection::close);
              return Failure.future(UNAVAILABLE, "the database cannot be reached: " + words(cause));
            });
  }

  private <T> Future<T> on(
      SqlConnection open, boolean inTransaction, Function<Statements, Future<T>> work, long begun) {
    Statements statements = (sql, parameters) -> open.preparedQuery(sql).execute(parameters);
    Future<T> worked =
        inTransaction
            ? open.begin().compose(transaction -> within(transaction, work, statements))
            : work.apply(statements);
    return worked
        .timeout(left(begun), TimeUnit.MILLISECONDS)
        .recover(cause -> Future.failedFuture(sent(cause)))
        .onComplete(ended -> open.close());
  }

  private static <T> Future<T> within(
      Transaction transaction, Function<Statements, Future<T>> work, Statements statements) {
    return work.apply(statements)
        .compose(
            result -> transaction.commit().map(result),
            cause -> transaction.rollback().transform(ended -> Future.failedFuture(cause)));
  }

  private long left(long begun) {
    long spent = TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - begun);
    return Math.max(1, options.timeout().toMillis() - spent);
  }

  private static Failure sent(Throwable cause) {
    if (cause instanceof Failure failure) {
      return failure;
    }
    if (cause instanceof DatabaseException refusal) {
      String state = String.valueOf(refusal.getSqlState());
      if (STOPPING.contains(state) || state.startsWith("08")) {
        return new Failure(TIMEOUT, "the database stopped: " + refusal.getMessage());
      }
      boolean later =
          state.startsWith("57") || (state.length() == 5 && LATER.contains(state.substring(0, 2)));
      return new Failure(
          later ? UNAVAILABLE : INTERNAL, "the database answered: " + refusal.getMessage());
    }
    return new Failure(TIMEOUT, "the database did not answer: " + words(cause));
  }

  private static String words(Throwable cause) {
    return cause instanceof TimeoutException
        ? "no answer in time"
        : String.valueOf(cause.getMessage());
  }

  @Override
  public Future<Void> create(String concern, List<String> statements) {
    if (!options.createTables() || created.contains(concern)) {
      return Future.succeededFuture();
    }
    return work(
            false,
            connection ->
                connection
                    .run(
                        "CREATE TABLE IF NOT EXISTS vertebra_schema"
                            + " (concern VARCHAR(64) PRIMARY KEY, statements INT NOT NULL)",
                        Tuple.tuple())
                    .recover(raced -> Future.succeededFuture()))
        .compose(made -> work(true, connection -> upgrade(connection, concern, statements)))
        .onSuccess(made -> created.add(concern));
  }

  private Future<Void> upgrade(Statements connection, String concern, List<String> statements) {
    boolean postgres = options.kind() == SqlKind.POSTGRESQL;
    String insert =
        postgres
            ? "INSERT INTO vertebra_schema VALUES ($1, 0) ON CONFLICT DO NOTHING"
            : "INSERT IGNORE INTO vertebra_schema VALUES (?, 0)";
    String mark = postgres ? "$1" : "?";
    String read = "SELECT statements FROM vertebra_schema WHERE concern = " + mark + " FOR UPDATE";
    String update =
        postgres
            ? "UPDATE vertebra_schema SET statements = $1 WHERE concern = $2"
            : "UPDATE vertebra_schema SET statements = ? WHERE concern = ?";
    return connection
        .run(insert, Tuple.of(concern))
        .compose(inserted -> connection.run(read, Tuple.of(concern)))
        .compose(
            rows -> {
              int run = rows.iterator().next().getInteger(0);
              Future<?> last = Future.succeededFuture();
              for (String statement : statements.subList(run, statements.size())) {
                last = last.compose(before -> connection.run(statement, Tuple.tuple()));
              }
              return last;
            })
        .compose(run -> connection.run(update, Tuple.of(statements.size(), concern)))
        .mapEmpty();
  }

  @Override
  public Runnable listen(String channel, Consumer<String> heard) {
    if (!(connection instanceof PgConnectOptions postgres)) {
      return () -> {};
    }
    PgSubscriber subscriber =
        PgSubscriber.subscriber(vertx, postgres).reconnectPolicy(retries -> RECONNECT_MS);
    subscriber
        .channel(channel)
        .subscribeHandler(subscribed -> heard.accept(""))
        .handler(heard::accept);
    AtomicBoolean ended = new AtomicBoolean();
    connect(subscriber, ended);
    return () -> {
      ended.set(true);
      subscriber.close();
    };
  }

  /** Until it succeeds: its own policy of trying again begins only once it was connected. */
  private void connect(PgSubscriber subscriber, AtomicBoolean ended) {
    if (!ended.get()) {
      subscriber
          .connect()
          .onFailure(cause -> LOG.debug("sql.subscription failed: {}", cause.getMessage()))
          .onFailure(cause -> vertx.setTimer(RECONNECT_MS, due -> connect(subscriber, ended)));
    }
  }

  /** Asks for a sign of life. */
  Future<Void> ping() {
    return work(false, connection -> connection.run("SELECT 1", Tuple.tuple())).mapEmpty();
  }
}
