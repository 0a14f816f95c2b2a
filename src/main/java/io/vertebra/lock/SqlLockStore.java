package io.vertebra.lock;

import static io.vertebra.api.FailureCode.STALE;

import io.vertebra.api.Failure;
import io.vertebra.sql.SqlKind;
import io.vertebra.sql.SqlService;
import io.vertebra.sql.SqlService.Statements;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Documents of locks as rows of a table, one for each name, replaced by statements that say which
 * version must be there. Numbers come from a sequence, or from a row that is counted up outside of
 * transactions; time is the database's. Names are kept as bytes, so that every database orders them
 * the same way.
 */
final class SqlLockStore implements LockDocumentStore {
  private static final String CHANNEL = "vertebra_lock";
  private static final int SWEEP_AT_ONCE = 1_000;

  private final SqlService sql;
  private final SqlLockStatements statements;
  private final boolean postgres;
  private final LongSupplier aheadMs;

  /**
   * @param aheadMs added to the database's clock; 0 but in tests
   */
  SqlLockStore(SqlService sql, LongSupplier aheadMs) {
    this.sql = sql;
    this.postgres = sql.kind() == SqlKind.POSTGRESQL;
    this.statements = postgres ? SqlLockStatements.POSTGRESQL : SqlLockStatements.MYSQL;
    this.aheadMs = aheadMs;
  }

  private <T> Future<T> work(boolean inTransaction, Function<Statements, Future<T>> work) {
    return sql.create("lock", statements.tables())
        .compose(created -> sql.work(inTransaction, work));
  }

  /** The number is taken after reading, so that it is greater than that of all that was read. */
  @Override
  public Future<Moment> read(List<String> names) {
    return work(
        false,
        connection -> {
          List<Stored> found = new ArrayList<>();
          Future<?> last = Future.succeededFuture();
          for (String name : names) {
            last =
                last.compose(before -> connection.run(statements.read(), Tuple.of(bytes(name))))
                    .onSuccess(rows -> found.addAll(stored(rows)));
          }
          return last.compose(read -> number(connection))
              .map(
                  row ->
                      new Moment(
                          row.getLong(1) + aheadMs.getAsLong(),
                          row.getLong(0) * LockBoard.NUMBERS,
                          List.copyOf(found)));
        });
  }

  private Future<Row> number(Statements connection) {
    Future<?> counted =
        postgres ? Future.succeededFuture() : connection.run(statements.count(), Tuple.tuple());
    return counted
        .compose(done -> connection.run(statements.number(), Tuple.tuple()))
        .map(rows -> rows.iterator().next());
  }

  @Override
  public Future<Boolean> write(List<Change> changes, long now) {
    return work(
            changes.size() > 1,
            connection -> {
              Future<Void> last = Future.succeededFuture();
              for (Change change : changes) {
                last = last.compose(before -> write(connection, change, now));
              }
              return last;
            })
        .map(true)
        .recover(
            cause ->
                Failure.of(cause).code() == STALE
                    ? Future.succeededFuture(false)
                    : Future.failedFuture(cause))
        .onSuccess(written -> changes.forEach(change -> tell(change.before().name())));
  }

  private Future<Void> write(Statements connection, Change change, long now) {
    Stored before = change.before();
    Buffer name = bytes(before.name());
    long keptUntil = now + change.keepMs();
    String text = change.after().text();
    Future<RowSet<Row>> done =
        before.version() == 0
            ? connection.run(
                statements.insert(), Tuple.of(name, change.revision(), text, keptUntil))
            : connection.run(
                statements.update(),
                Tuple.of(change.revision(), text, keptUntil, name, before.version()));
    return done.compose(
        rows ->
            rows.rowCount() == 1
                ? Future.succeededFuture()
                : Failure.future(STALE, "somebody else wrote " + before.name() + " meanwhile"));
  }

  private void tell(String name) {
    if (postgres) {
      sql.work(
              false,
              connection -> connection.run("SELECT pg_notify($1, $2)", Tuple.of(CHANNEL, name)))
          .onFailure(untold -> {});
    }
  }

  @Override
  public Future<Moment> list(String prefix, String after, int limit) {
    Buffer begin = bytes(prefix);
    return work(
        false,
        connection ->
            connection
                .run(statements.list(), Tuple.of(bytes(after), begin.length(), begin, limit))
                .compose(
                    rows ->
                        connection
                            .run(statements.clock(), Tuple.tuple())
                            .map(
                                clock ->
                                    new Moment(
                                        clock.iterator().next().getLong(0) + aheadMs.getAsLong(),
                                        0,
                                        stored(rows)))));
  }

  @Override
  public Future<Void> sweep() {
    return work(
            false,
            connection ->
                connection.run(statements.sweep(), Tuple.of(aheadMs.getAsLong(), SWEEP_AT_ONCE)))
        .compose(rows -> rows.rowCount() == SWEEP_AT_ONCE ? sweep() : Future.succeededFuture());
  }

  @Override
  public Runnable follow(Consumer<String> changed) {
    return sql.listen(CHANNEL, changed);
  }

  private static List<Stored> stored(RowSet<Row> rows) {
    List<Stored> all = new ArrayList<>();
    for (Row row : rows) {
      String name = row.getBuffer(0).toString(StandardCharsets.UTF_8);
      all.add(new Stored(name, LockDocument.parse(name, row.getString(2)), row.getLong(1)));
    }
    return all;
  }

  private static Buffer bytes(String name) {
    return Buffer.buffer(name);
  }
}
