package io.vertebra.sql;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where the database is. Off unless a host is given.
 *
 * @param kind whose SQL it speaks; {@code postgresql} unless given
 * @param host empty (the default) for none
 * @param port 0 (the default) for the usual one of the kind
 * @param database its name; {@code vertebra} unless given
 * @param user {@code vertebra} unless given
 * @param password empty (the default) for none
 * @param passwordFile file that holds it instead
 * @param authorities PEM file of who may issue the server's certificate; none for clear text; JSON
 *     {@code tlsAuthorities}
 * @param poolSize most connections, 1 to 1,000; 8 unless given
 * @param maxWaiting most calls that wait for a connection, 1 to 1,000,000; 10,000 unless given
 * @param timeout within which each call ends; JSON {@code timeoutMs}, 10 ms to 60 s, 3 s unless
 *     given
 * @param createTables whether tables that are missing are made on first use; true unless given
 */
public record SqlOptions(
    SqlKind kind,
    String host,
    int port,
    String database,
    String user,
    String password,
    Optional<Path> passwordFile,
    Optional<Path> authorities,
    int poolSize,
    int maxWaiting,
    Duration timeout,
    boolean createTables) {

  public SqlOptions {
    if (!password.isEmpty() && passwordFile.isPresent()) {
      throw Failure.invalid("/passwordFile", "must not be given beside password");
    }
    if (port == 0) {
      port = kind == SqlKind.POSTGRESQL ? 5432 : 3306;
    }
  }

  /** Whether there is one to be used. */
  public boolean isGiven() {
    return !host.isEmpty();
  }

  public static SqlOptions from(Fields fields) {
    SqlKind kind =
        fields
            .choice("kind", SqlKind.class)
            .about("Whose SQL it speaks; mysql for MariaDB as well.")
            .orElse(SqlKind.POSTGRESQL);
    String host = fields.text("host", 0, 300).about("Its host; none for no database.").orElse("");
    int port =
        fields.integer("port", 0, 65_535).about("Its port; 0 for the kind's usual one.").orElse(0);
    String database = fields.text("database", 1, 200).about("Its name.").orElse("vertebra");
    String user = fields.text("user", 1, 200).about("User of the database.").orElse("vertebra");
    String password =
        fields.text("password", 0, 1024).secret().about("Password of the user.").orElse("");
    Optional<String> passwordFile =
        fields.text("passwordFile", 1, 4096).about("File that holds it instead.").optional();
    Optional<String> authorities =
        fields
            .text("tlsAuthorities", 1, 4096)
            .about("PEM file of the authorities for the server's certificate; none: clear text.")
            .optional();
    int poolSize = fields.integer("poolSize", 1, 1_000).about("Connections.").orElse(8);
    int maxWaiting =
        fields
            .integer("maxWaiting", 1, 1_000_000)
            .about("Calls that wait for a connection; more are refused.")
            .orElse(10_000);
    Duration timeout =
        fields
            .millis("timeoutMs", 10, 60_000)
            .about("Within which each call ends.")
            .orElse(Duration.ofSeconds(3));
    boolean createTables =
        fields
            .flag("createTables")
            .about("Whether tables that are missing are made on first use.")
            .orElse(true);
    return fields.build(
        () ->
            new SqlOptions(
                kind,
                host,
                port,
                database,
                user,
                password,
                passwordFile.map(Path::of),
                authorities.map(Path::of),
                poolSize,
                maxWaiting,
                timeout,
                createTables));
  }

  @Override
  public String toString() {
    return "SqlOptions[kind=" + kind + ", host=" + host + ", port=" + port + "]";
  }
}
