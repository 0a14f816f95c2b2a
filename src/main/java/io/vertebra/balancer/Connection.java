package io.vertebra.balancer;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * How endpoints are connected to.
 *
 * @param protocol default HTTP/1.1
 * @param tls whether to speak TLS; default false
 * @param tlsVerify whether to check the certificate and its name; default true
 * @param tlsTrustPath PEM file of the authorities to trust; empty (default): those of the JVM
 * @param tlsServerName name to ask for (SNI) and to check; empty (default): the endpoint's host
 * @param connectTimeout for TCP and TLS, 10 ms to 60 s; default 2 s
 * @param maxConnections per endpoint, 1 to 10,000; default 256
 * @param maxPending requests per endpoint that wait for a connection, 0 to 100,000; default 1024
 * @param pendingTimeout how long they wait, 1 ms to 60 s; default 5 s
 * @param keepAlive how long an idle connection is kept, 1 s to 1 h; default 60 s
 */
public record Connection(
    Protocol protocol,
    boolean tls,
    boolean tlsVerify,
    String tlsTrustPath,
    String tlsServerName,
    Duration connectTimeout,
    int maxConnections,
    int maxPending,
    Duration pendingTimeout,
    Duration keepAlive) {

  /** {@code HTTP2} is negotiated over TLS and taken for granted (prior knowledge) without. */
  public enum Protocol {
    HTTP1,
    HTTP2
  }

  static final Connection DEFAULT =
      new Connection(
          Protocol.HTTP1,
          false,
          true,
          "",
          "",
          Duration.ofSeconds(2),
          256,
          1024,
          Duration.ofSeconds(5),
          Duration.ofSeconds(60));

  public Connection {
    Rules.length("/tlsTrustPath", tlsTrustPath, 0, 1000);
    Rules.length("/tlsServerName", tlsServerName, 0, 253);
    Rules.millis("/connectTimeoutMs", connectTimeout, 10, 60_000);
    Rules.range("/maxConnections", maxConnections, 1, 10_000);
    Rules.range("/maxPending", maxPending, 0, 100_000);
    Rules.millis("/pendingTimeoutMs", pendingTimeout, 1, 60_000);
    Rules.millis("/keepAliveMs", keepAlive, 1000, 3_600_000);
  }

  public static Connection from(Fields fields) {
    Protocol protocol =
        fields
            .choice("protocol", Protocol.class)
            .about("HTTP/1.1 or HTTP/2.")
            .orElse(DEFAULT.protocol);
    boolean tls = fields.flag("tls").about("Whether to speak TLS.").orElse(DEFAULT.tls);
    boolean verify =
        fields
            .flag("tlsVerify")
            .about("Whether to check the certificate and its name.")
            .orElse(DEFAULT.tlsVerify);
    String trustPath =
        fields
            .text("tlsTrustPath", 0, 1000)
            .about("PEM file of the authorities to trust; empty: those of the JVM.")
            .orElse("");
    String serverName =
        fields
            .text("tlsServerName", 0, 253)
            .about("Name to ask for and to check; empty: the endpoint's host.")
            .orElse("");
    Duration connectTimeout =
        fields
            .millis("connectTimeoutMs", 10, 60_000)
            .about("For TCP and TLS.")
            .orElse(DEFAULT.connectTimeout);
    int maxConnections =
        fields
            .integer("maxConnections", 1, 10_000)
            .about("Connections per endpoint.")
            .orElse(DEFAULT.maxConnections);
    int maxPending =
        fields
            .integer("maxPending", 0, 100_000)
            .about("Requests per endpoint that wait for a connection.")
            .orElse(DEFAULT.maxPending);
    Duration pendingTimeout =
        fields
            .millis("pendingTimeoutMs", 1, 60_000)
            .about("How long they wait.")
            .orElse(DEFAULT.pendingTimeout);
    Duration keepAlive =
        fields
            .millis("keepAliveMs", 1000, 3_600_000)
            .about("How long an idle connection is kept.")
            .orElse(DEFAULT.keepAlive);
    return fields.build(
        () ->
            new Connection(
                protocol,
                tls,
                verify,
                trustPath,
                serverName,
                connectTimeout,
                maxConnections,
                maxPending,
                pendingTimeout,
                keepAlive));
  }

  public JsonObject toJson() {
    return new JsonObject()
        .put("protocol", Fields.word(protocol))
        .put("tls", tls)
        .put("tlsVerify", tlsVerify)
        .put("tlsTrustPath", tlsTrustPath)
        .put("tlsServerName", tlsServerName)
        .put("connectTimeoutMs", connectTimeout.toMillis())
        .put("maxConnections", maxConnections)
        .put("maxPending", maxPending)
        .put("pendingTimeoutMs", pendingTimeout.toMillis())
        .put("keepAliveMs", keepAlive.toMillis());
  }
}
