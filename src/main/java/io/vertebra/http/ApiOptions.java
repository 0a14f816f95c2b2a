package io.vertebra.http;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Loopback;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The section {@code api}: that of a listener and this.
 *
 * @param token what every request but a probe must carry as {@code Authorization: Bearer}, 16 to
 *     1,024 characters; without one, and without {@code auth.enabled}, the listener binds to a
 *     loopback address only
 * @param tokenFile where the token is read from at the start instead
 * @param bodyTimeout how long the body of a request may take in all, but for a restore; JSON {@code
 *     bodyTimeoutMs}, 100 ms to 1 h, 30 s unless given; else 408
 * @param maxBusInFlight operations under way over the bus at once, 1 to 1,000,000, 4,096 unless
 *     given
 * @param maxWaiting calls that wait for news at once, over HTTP and the bus, 1 to 1,000,000, 4,096
 *     unless given
 * @param cors which pages of other sites may read answers; none unless given
 * @param hosts names by which this machine may be asked where neither a token nor {@code
 *     auth.enabled} is set, besides localhost and addresses; at most 20, in lower case
 */
public record ApiOptions(
    ListenerOptions listener,
    Optional<String> token,
    Optional<Path> tokenFile,
    Duration bodyTimeout,
    int maxBusInFlight,
    int maxWaiting,
    Optional<CorsOptions> cors,
    List<String> hosts) {

  public ApiOptions {
    hosts = List.copyOf(hosts);
    if (token.isPresent() && tokenFile.isPresent()) {
      throw Failure.invalid("/tokenFile", "and token exclude each other");
    }
  }

  /**
   * Requires that nobody can call from elsewhere unasked.
   *
   * @param authenticates whether whoever calls must prove who they are
   * @throws Failure {@code INVALID}
   */
  public void requireProtection(boolean authenticates) {
    if (hasToken() && authenticates) {
      throw Failure.invalid("/api/token", "and auth.enabled exclude each other");
    }
    if (!hasToken() && !authenticates && !Loopback.contains(listener.host())) {
      throw Failure.invalid(
          "/api/host",
          "must be a loopback address such as 127.0.0.1 unless auth.enabled, api.token or"
              + " api.tokenFile is set");
    }
  }

  /** Whether a token is needed. */
  public boolean hasToken() {
    return token.isPresent() || tokenFile.isPresent();
  }

  public static ApiOptions from(Fields fields) {
    Supplier<ListenerOptions> listener = ListenerOptions.reading(fields, ListenerOptions.API);
    Optional<String> token =
        fields
            .text("token", 16, 1024)
            .secret()
            .about("Bearer token that every request but a probe must carry.")
            .optional();
    Optional<String> tokenFile =
        fields.text("tokenFile", 1, 4096).about("File that holds the token instead.").optional();
    Duration bodyTimeout =
        fields
            .millis("bodyTimeoutMs", 100, 3_600_000)
            .about("How long the body of a request may take in all.")
            .orElse(Duration.ofSeconds(30));
    int maxBusInFlight =
        fields
            .integer("maxBusInFlight", 1, 1_000_000)
            .about("Operations under way over the bus at once.")
            .orElse(4096);
    int maxWaiting =
        fields
            .integer("maxWaiting", 1, 1_000_000)
            .about("Calls that wait for news at once: event streams and long polls.")
            .orElse(4096);
    CorsOptions cors = fields.section("cors", CorsOptions::from);
    List<String> hosts =
        fields
            .texts("hosts", 20, 253)
            .matching(
                names -> names.stream().allMatch(name -> name.matches("[a-z0-9.-]+")),
                "must hold names of hosts in lower case, without ports")
            .about("Names by which this machine may be asked without a token, besides localhost.")
            .orElse(List.of());
    return fields.build(
        () ->
            new ApiOptions(
                listener.get(),
                token,
                tokenFile.map(Path::of),
                bodyTimeout,
                maxBusInFlight,
                maxWaiting,
                Optional.of(cors).filter(given -> !given.origins().isEmpty()),
                hosts));
  }

  /** Whether the token travels beyond this machine for everyone on the way to read. */
  boolean showsToken() {
    return !Loopback.contains(listener.host()) && listener.tls().isEmpty();
  }

  /** The token stays out of logs. */
  @Override
  public String toString() {
    return "ApiOptions[listener=" + listener + ", tokenFile=" + tokenFile + "]";
  }
}
