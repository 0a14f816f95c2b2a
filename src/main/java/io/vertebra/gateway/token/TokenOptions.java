package io.vertebra.gateway.token;

import io.vertebra.api.Fields;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * The section {@code gateway.tokens}: how the tokens of routes with {@code auth} are verified.
 *
 * @param maxVerified tokens whose signature is not verified again, 0 to 1,000,000, 10,000 unless
 *     given; the one that was not seen for longest makes room
 * @param fetchTimeout how long a foreign issuer may take to answer; JSON {@code fetchTimeoutMs},
 *     100 ms to 1 min, 5 s unless given
 * @param fetchInterval least time between two fetches of the same issuer's keys; JSON {@code
 *     fetchIntervalMs}, 1 s to 1 h, 10 s unless given
 * @param maxAge how long keys are kept at most before they are fetched again, whatever the issuer
 *     says; JSON {@code maxAgeMs}, 10 s to 24 h, 1 h unless given
 * @param maxStale for how long after that they are still believed when the issuer does not answer;
 *     JSON {@code maxStaleMs}, 0 to 7 days, 6 h unless given
 * @param trustPath PEM file of the authorities that issuers' certificates are checked against, read
 *     at the start; those of Java unless given
 */
public record TokenOptions(
    int maxVerified,
    Duration fetchTimeout,
    Duration fetchInterval,
    Duration maxAge,
    Duration maxStale,
    Optional<Path> trustPath) {
  private static final long DAY_MS = 86_400_000;

  public static TokenOptions from(Fields fields) {
    int maxVerified =
        fields
            .integer("maxVerified", 0, 1_000_000)
            .about("Tokens whose signature is not verified again.")
            .orElse(10_000);
    Duration fetchTimeout =
        fields
            .millis("fetchTimeoutMs", 100, 60_000)
            .about("How long a foreign issuer may take to answer.")
            .orElse(Duration.ofSeconds(5));
    Duration fetchInterval =
        fields
            .millis("fetchIntervalMs", 1_000, 3_600_000)
            .about("Least time between two fetches of an issuer's keys.")
            .orElse(Duration.ofSeconds(10));
    Duration maxAge =
        fields
            .millis("maxAgeMs", 10_000, DAY_MS)
            .about("How long an issuer's keys are kept at most before they are fetched again.")
            .orElse(Duration.ofHours(1));
    Duration maxStale =
        fields
            .millis("maxStaleMs", 0, 7 * DAY_MS)
            .about("How long after that they are believed while the issuer does not answer.")
            .orElse(Duration.ofHours(6));
    Optional<String> trustPath =
        fields
            .text("trustPath", 1, 4096)
            .about("PEM file of the authorities of issuers' certificates, instead of Java's.")
            .optional();
    return fields.build(
        () ->
            new TokenOptions(
                maxVerified,
                fetchTimeout,
                fetchInterval,
                maxAge,
                maxStale,
                trustPath.map(Path::of)));
  }
}
