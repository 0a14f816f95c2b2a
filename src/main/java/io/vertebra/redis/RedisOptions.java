package io.vertebra.redis;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where Redis is. Off unless addresses are given.
 *
 * @param mode how the servers belong together; {@code standalone} unless given
 * @param addresses {@code host:port} of the server, of sentinels, or of some members of a cluster;
 *     at most 100
 * @param masterName by which sentinels know the master; {@code mymaster} unless given
 * @param username empty (the default) for that of the password alone
 * @param password empty (the default) for none
 * @param passwordFile file that holds it instead
 * @param database number of the database, 0 unless given; always 0 in a cluster
 * @param tls none for clear text
 * @param poolSize most connections to each server for calls, 1 to 1,000; 8 unless given
 * @param maxWaiting most calls that wait for a connection, 1 to 1,000,000; 10,000 unless given
 * @param timeout within which each call ends; JSON {@code timeoutMs}, 10 ms to 60 s, 2 s unless
 *     given
 */
public record RedisOptions(
    RedisMode mode,
    List<String> addresses,
    String masterName,
    String username,
    String password,
    Optional<Path> passwordFile,
    int database,
    Optional<RedisTls> tls,
    int poolSize,
    int maxWaiting,
    Duration timeout) {
  private static final String ADDRESS = "[^\\s/@]+:[0-9]{1,5}";

  public RedisOptions {
    addresses = List.copyOf(addresses);
    if (!addresses.stream().allMatch(address -> address.matches(ADDRESS))) {
      throw Failure.invalid("/addresses", "must each be host:port");
    }
    if (mode == RedisMode.STANDALONE && addresses.size() > 1) {
      throw Failure.invalid("/addresses", "must be one, mode is standalone");
    }
    if (mode == RedisMode.CLUSTER && database != 0) {
      throw Failure.invalid("/database", "must be 0 in a cluster");
    }
    if (!password.isEmpty() && passwordFile.isPresent()) {
      throw Failure.invalid("/passwordFile", "must not be given beside password");
    }
    if (maxWaiting < poolSize) {
      throw Failure.invalid("/maxWaiting", "must be at least poolSize");
    }
  }

  /** Whether there is one to be used. */
  public boolean isGiven() {
    return !addresses.isEmpty();
  }

  public static RedisOptions from(Fields fields) {
    RedisMode mode =
        fields
            .choice("mode", RedisMode.class)
            .about("One server, sentinels that know it, or a cluster.")
            .orElse(RedisMode.STANDALONE);
    List<String> addresses =
        fields
            .texts("addresses", 100, 300)
            .about("Servers or sentinels, each host:port; none for no Redis.")
            .orElse(List.of());
    String masterName =
        fields
            .text("masterName", 1, 200)
            .about("By which sentinels know the master.")
            .orElse("mymaster");
    String username = fields.text("username", 0, 200).about("User of the server.").orElse("");
    String password =
        fields.text("password", 0, 1024).secret().about("Password of the user.").orElse("");
    Optional<String> passwordFile =
        fields.text("passwordFile", 1, 4096).about("File that holds it instead.").optional();
    int database = fields.integer("database", 0, 65_535).about("Its number.").orElse(0);
    Optional<RedisTls> tls = fields.section("tls", RedisTls::from);
    int poolSize =
        fields.integer("poolSize", 1, 1_000).about("Connections to each server.").orElse(8);
    int maxWaiting =
        fields
            .integer("maxWaiting", 1, 1_000_000)
            .about("Calls that wait for a connection; more are refused.")
            .orElse(10_000);
    Duration timeout =
        fields
            .millis("timeoutMs", 10, 60_000)
            .about("Within which each call ends.")
            .orElse(Duration.ofSeconds(2));
    return fields.build(
        () ->
            new RedisOptions(
                mode,
                addresses,
                masterName,
                username,
                password,
                passwordFile.map(Path::of),
                database,
                tls,
                poolSize,
                maxWaiting,
                timeout));
  }

  @Override
  public String toString() {
    return "RedisOptions[mode=" + mode + ", addresses=" + addresses + "]";
  }
}
