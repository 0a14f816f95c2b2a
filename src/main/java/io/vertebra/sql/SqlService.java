package io.vertebra.sql;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Calls of a database. Each completes on the caller's context within the deadline of {@link
 * SqlOptions}: with {@code UNAVAILABLE} when nothing was done and {@code TIMEOUT} when it is not
 * known.
 */
public interface SqlService {

  SqlKind kind();

  /**
   * Works with one connection.
   *
   * @param inTransaction whether all is done or nothing
   */
  <T> Future<T> work(boolean inTransaction, Function<Statements, Future<T>> work);

  /**
   * Makes what is missing of a concern's tables, unless that is not wanted; once it succeeded, does
   * nothing.
   *
   * @param concern by whose name it is remembered how many statements were run
   * @param statements that are run in order, each once in the life of the database; to be added to
   *     at the end alone
   */
  Future<Void> create(String concern, List<String> statements);

  /**
   * Hears what other nodes notify on a channel, as far as the database can tell; what is notified
   * while it cannot be reached is lost.
   *
   * @param heard told of each text, and with an empty one whenever some may have been lost
   * @return what ends it
   */
  Runnable listen(String channel, Consumer<String> heard);

  /** Statements on one connection. */
  interface Statements {

    /** Runs one with its parameters. */
    Future<RowSet<Row>> run(String sql, Tuple parameters);
  }
}
