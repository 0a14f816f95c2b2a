package io.vertebra.http;

import io.vertebra.api.Fields;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where a listener listens and how much it takes. All limits are for the listener as a whole, over
 * all its instances.
 *
 * @param host address to bind to, 127.0.0.1 unless given
 * @param port 0 for any that is free
 * @param maxConnections connections open at once, 1 to 1,000,000, 10,000 unless given; one more is
 *     closed at once
 * @param maxInFlight requests under way at once, 1 to 1,000,000; one more is answered 503
 * @param requestLineBytes longest request line, 4,096 to 65,536, 8,192 unless given; else 414
 * @param headerBytes longest header section, 4,096 to 1,048,576, 16,384 unless given; else 431
 * @param bodyBytes longest request body, 0 to 1 TiB; else 413
 * @param idleTimeout how long a connection may be silent; in JSON with the suffix Ms, 100 ms to 1
 *     day, 60 s unless given
 * @param http2 whether HTTP/2 is spoken too, over TLS by ALPN, on clear text by prior knowledge or
 *     upgrade; true unless given
 * @param proxyProtocol whether every connection begins with a PROXY protocol header, version 1 or
 *     2, that tells the client's address; false unless given
 * @param tls absent for clear text
 */
public record ListenerOptions(
    String host,
    int port,
    int maxConnections,
    int maxInFlight,
    int requestLineBytes,
    int headerBytes,
    long bodyBytes,
    Duration idleTimeout,
    boolean http2,
    boolean proxyProtocol,
    Optional<TlsOptions> tls) {
  private static final long MAX_BODY_BYTES = 1L << 40;

  /** What differs from listener to listener unless given. */
  public record Defaults(int port, int maxInFlight, long bodyBytes) {}

  public static final Defaults API = new Defaults(8500, 1024, 1L << 20);
  public static final Defaults GATEWAY = new Defaults(8080, 8192, 16L << 30);

  /** The options of a section that holds nothing else. */
  public static ListenerOptions from(Fields fields, Defaults defaults) {
    return fields.build(reading(fields, defaults));
  }

  /**
   * Reads the options of a section that holds other fields too, whose reader calls the result from
   * its own {@link Fields#build}.
   */
  public static Supplier<ListenerOptions> reading(Fields fields, Defaults defaults) {
    String host = fields.text("host", 1, 253).about("Address to bind to.").orElse("127.0.0.1");
    int port =
        fields.integer("port", 0, 65_535).about("0 for any that is free.").orElse(defaults.port());
    int maxConnections =
        fields
            .integer("maxConnections", 1, 1_000_000)
            .about("Connections open at once.")
            .orElse(10_000);
    int maxInFlight =
        fields
            .integer("maxInFlight", 1, 1_000_000)
            .about("Requests under way at once.")
            .orElse(defaults.maxInFlight());
    int requestLineBytes =
        fields
            .integer("requestLineBytes", 4096, 65_536)
            .about("Longest request line.")
            .orElse(8192);
    int headerBytes =
        fields
            .integer("headerBytes", 4096, 1 << 20)
            .about("Longest header section.")
            .orElse(16_384);
    long bodyBytes =
        fields
            .longInteger("bodyBytes", 0, MAX_BODY_BYTES)
            .about("Longest request body.")
            .orElse(defaults.bodyBytes());
    Duration idleTimeout =
        fields
            .millis("idleTimeoutMs", 100, 86_400_000)
            .about("How long a connection may be silent.")
            .orElse(Duration.ofSeconds(60));
    boolean http2 = fields.flag("http2").about("Whether HTTP/2 is spoken too.").orElse(true);
    boolean proxyProtocol =
        fields
            .flag("proxyProtocol")
            .about("Whether connections begin with a PROXY protocol header.")
            .orElse(false);
    TlsOptions tls = fields.section("tls", TlsOptions::from);
    return () ->
        new ListenerOptions(
            host,
            port,
            maxConnections,
            maxInFlight,
            requestLineBytes,
            headerBytes,
            bodyBytes,
            idleTimeout,
            http2,
            proxyProtocol,
            Optional.of(tls).filter(given -> !given.certificates().isEmpty()));
  }
}
