package io.vertebra.lock;

import java.util.List;

/**
 * What {@link SqlLockStore} says to one kind of database.
 *
 * @param tables what makes the tables, in order; to be added to at the end alone
 * @param read name, version and document of a name
 * @param count counts up before {@code number}; empty if that does so itself
 * @param number a new number, and the time in ms since 1970
 * @param insert of name, version, document and time until which it is kept; no row if it is there
 * @param update to version, document and time, of a name with a version
 * @param list as {@code read}, after a name, those whose first so many bytes are these, a number of
 *     them
 * @param clock the time in ms since 1970
 * @param sweep removes what is not kept any more, the clock being ahead by so much, a number of
 *     them
 */
record SqlLockStatements(
    List<String> tables,
    String read,
    String count,
    String number,
    String insert,
    String update,
    String list,
    String clock,
    String sweep) {
  private static final String POSTGRESQL_NOW =
      "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)";
  private static final String MYSQL_NOW =
      "CAST(UNIX_TIMESTAMP(CURRENT_TIMESTAMP(3)) * 1000 AS SIGNED)";

  static final SqlLockStatements POSTGRESQL =
      new SqlLockStatements(
          List.of(
              "CREATE TABLE IF NOT EXISTS vertebra_lock (name BYTEA PRIMARY KEY,"
                  + " version BIGINT NOT NULL, document TEXT NOT NULL, kept_until BIGINT NOT NULL)",
              "CREATE INDEX IF NOT EXISTS vertebra_lock_kept ON vertebra_lock (kept_until)",
              "CREATE SEQUENCE IF NOT EXISTS vertebra_lock_number"),
          "SELECT name, version, document FROM vertebra_lock WHERE name = $1",
          "",
          "SELECT nextval('vertebra_lock_number'), " + POSTGRESQL_NOW,
          "INSERT INTO vertebra_lock VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
          "UPDATE vertebra_lock SET version = $1, document = $2, kept_until = $3"
              + " WHERE name = $4 AND version = $5",
          "SELECT name, version, document FROM vertebra_lock"
              + " WHERE name > $1 AND substring(name FROM 1 FOR $2) = $3 ORDER BY name LIMIT $4",
          "SELECT " + POSTGRESQL_NOW,
          "DELETE FROM vertebra_lock WHERE name IN (SELECT name FROM vertebra_lock"
              + " WHERE kept_until < "
              + POSTGRESQL_NOW
              + " + $1 LIMIT $2) AND kept_until < "
              + POSTGRESQL_NOW
              + " + $1");

  static final SqlLockStatements MYSQL =
      new SqlLockStatements(
          List.of(
              "CREATE TABLE IF NOT EXISTS vertebra_lock (name VARBINARY(400) PRIMARY KEY,"
                  + " version BIGINT NOT NULL, document LONGTEXT CHARACTER SET utf8mb4 NOT NULL,"
                  + " kept_until BIGINT NOT NULL, INDEX vertebra_lock_kept (kept_until))",
              "CREATE TABLE IF NOT EXISTS vertebra_lock_number"
                  + " (id INT PRIMARY KEY, number BIGINT NOT NULL)",
              "INSERT IGNORE INTO vertebra_lock_number VALUES (1, 0)"),
          "SELECT name, version, document FROM vertebra_lock WHERE name = ?",
          "UPDATE vertebra_lock_number SET number = LAST_INSERT_ID(number + 1) WHERE id = 1",
          "SELECT CAST(LAST_INSERT_ID() AS SIGNED), " + MYSQL_NOW,
          "INSERT IGNORE INTO vertebra_lock VALUES (?, ?, ?, ?)",
          "UPDATE vertebra_lock SET version = ?, document = ?, kept_until = ?"
              + " WHERE name = ? AND version = ?",
          "SELECT name, version, document FROM vertebra_lock"
              + " WHERE name > ? AND SUBSTRING(name, 1, ?) = ? ORDER BY name LIMIT ?",
          "SELECT " + MYSQL_NOW,
          "DELETE FROM vertebra_lock WHERE kept_until < " + MYSQL_NOW + " + ? LIMIT ?");
}
