package io.vertebra.gateway;

import io.vertebra.api.Fields;
import io.vertebra.gateway.token.TokenOptions;
import io.vertebra.http.ListenerOptions;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/**
 * The section {@code gateway} of the configuration.
 *
 * @param listener where users' requests arrive, and the limits on them
 * @param trustedProxies whose word on the client's address is taken; JSON a list of address blocks,
 *     default none
 * @param forwardClientCertificate whether endpoints get the certificate that a client proved to be
 *     its own, in {@code Client-Cert} (RFC 9440); false unless given
 * @param via the name in {@code Via}, default {@code vertebra}; at most 100 characters
 * @param stickySecret the key that signs sticky cookies; by default random, so that cookies hold
 *     only on this node until its next start
 * @param accessLogRatio the share of requests to log, 0 to 1, default 0; failures of the gateway
 *     are always logged
 * @param tunnelIdle how long nothing may pass through a tunnel (WebSocket); JSON {@code
 *     tunnelIdleMs}, 1 s to 7 days, default 1 h
 * @param tokens how the tokens of requests are verified
 */
public record GatewayOptions(
    ListenerOptions listener,
    TrustedProxies trustedProxies,
    boolean forwardClientCertificate,
    String via,
    String stickySecret,
    double accessLogRatio,
    Duration tunnelIdle,
    TokenOptions tokens) {
  private static final long WEEK_MS = 7 * 86_400_000L;

  public static GatewayOptions from(Fields fields) {
    Supplier<ListenerOptions> listener = ListenerOptions.reading(fields, ListenerOptions.GATEWAY);
    List<String> trusted =
        fields
            .texts("trustedProxies", 1000, 50)
            .about(
                "Address blocks whose proxies are believed when they say who the client was;"
                    + " from others Forwarded and X-Forwarded-* are dropped.")
            .orElse(List.of());
    boolean forwardClientCertificate =
        fields
            .flag("forwardClientCertificate")
            .about("Whether endpoints are told a client's certificate, in Client-Cert.")
            .orElse(false);
    String via =
        fields
            .text("via", 1, 100)
            .matching(name -> name.matches("[A-Za-z0-9._-]+"), "must be letters, digits, . _ or -")
            .about("The name of this gateway in Via.")
            .orElse("vertebra");
    String secret =
        fields
            .text("stickySecret", 0, 500)
            .matching(text -> text.isEmpty() || text.length() >= 32, "must have 32 characters")
            .secret()
            .about(
                "The key that signs sticky cookies, at least 32 characters, the same on every node;"
                    + " empty for a random one, so that cookies hold only until the next start.")
            .orElse("");
    double ratio =
        fields
            .number("accessLogRatio", 0, 1)
            .about("The share of requests in the access log; answers of 500 and above always are.")
            .orElse(0.0);
    Duration tunnelIdle =
        fields
            .millis("tunnelIdleMs", 1000, WEEK_MS)
            .about("How long nothing may pass through a WebSocket or another tunnel.")
            .orElse(Duration.ofHours(1));
    TokenOptions tokens = fields.section("tokens", TokenOptions::from);
    return fields.build(
        () ->
            new GatewayOptions(
                listener.get(),
                TrustedProxies.of(trusted),
                forwardClientCertificate,
                via,
                secret,
                ratio,
                tunnelIdle,
                tokens));
  }
}
