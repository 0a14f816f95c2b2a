package io.vertebra.auth;

import io.vertebra.api.Fields;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * How long tokens and keys live.
 *
 * @param access of an access token; JSON {@code accessMs}, 10 s to 24 h, 5 min unless given
 * @param refresh of a login, however often its token is refreshed; JSON {@code refreshMs}, 1 min to
 *     1 year, 30 days unless given
 * @param grace within which a refresh token that was used gives the same successor again; JSON
 *     {@code graceMs}, 0 to 5 min, 10 s unless given
 * @param keyLife after which a new signing key is made; JSON {@code keyLifeMs}, 1 h to 1 year, 30
 *     days unless given
 * @param keyLead for which a key is published before it signs; JSON {@code keyLeadMs}, 0 to 24 h, 1
 *     h unless given
 * @param skew by how much clocks may differ; JSON {@code skewMs}, 0 to 1 min, 5 s unless given
 */
public record TokenTimes(
    Duration access,
    Duration refresh,
    Duration grace,
    Duration keyLife,
    Duration keyLead,
    Duration skew) {
  private static final long DAY_MS = 86_400_000;

  static Supplier<TokenTimes> reading(Fields fields) {
    Duration access =
        fields
            .millis("accessMs", 10_000, DAY_MS)
            .about("Life of an access token.")
            .orElse(Duration.ofMinutes(5));
    Duration refresh =
        fields
            .millis("refreshMs", 60_000, 366 * DAY_MS)
            .about("Life of a login, however often it is refreshed.")
            .orElse(Duration.ofDays(30));
    Duration grace =
        fields
            .millis("graceMs", 0, 300_000)
            .about("Time in which a used refresh token gives the same successor again.")
            .orElse(Duration.ofSeconds(10));
    Duration keyLife =
        fields
            .millis("keyLifeMs", 3_600_000, 366 * DAY_MS)
            .about("Age at which a signing key is replaced.")
            .orElse(Duration.ofDays(30));
    Duration keyLead =
        fields
            .millis("keyLeadMs", 0, DAY_MS)
            .about("Time a signing key is published before it signs.")
            .orElse(Duration.ofHours(1));
    Duration skew =
        fields
            .millis("skewMs", 0, 60_000)
            .about("Difference of clocks that is borne.")
            .orElse(Duration.ofSeconds(5));
    return () -> new TokenTimes(access, refresh, grace, keyLife, keyLead, skew);
  }
}
