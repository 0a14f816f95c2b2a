package io.vertebra.sql;

/** Whose SQL it is. */
public enum SqlKind {
  POSTGRESQL,
  /** MariaDB as well. */
  MYSQL
}
