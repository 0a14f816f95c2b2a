package io.vertebra.gateway;

import io.vertx.core.http.HttpServerRequest;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for a request, under the logger {@code io.vertebra.access}: for a share of all, chosen
 * at random, and for every one that failed with 500 or above. The query is left out, for it may
 * hold secrets.
 */
final class AccessLog {
  private static final Logger LOG = LoggerFactory.getLogger("io.vertebra.access");

  private final double ratio;
  private final ForwardedHeaders forwarded;
  private final DoubleSupplier random;

  /**
   * Makes a log.
   *
   * @param ratio the share of requests to log, unless the route says another
   * @param random numbers from 0 to below 1
   */
  AccessLog(double ratio, ForwardedHeaders forwarded, DoubleSupplier random) {
    this.ratio = ratio;
    this.forwarded = forwarded;
    this.random = random;
  }

  void record(Exchange exchange, Exchange.Ending ending) {
    double share = exchange.target().route().logRatio().orElse(ratio);
    boolean wanted = ending.status() >= 500 || (share > 0 && random.getAsDouble() < share);
    if (wanted && LOG.isInfoEnabled()) {
      HttpServerRequest request = exchange.request();
      LOG.info(
          "gateway.request method={} host={} path={} status={} durationMs={} bytes={} route={}"
              + " endpoint={} retries={} client={} trace={}",
          request.method(),
          Hosts.of(request),
          exchange.path(),
          ending.status(),
          ending.nanos() / 1_000_000.0,
          ending.bytesOut(),
          exchange.target().route().name(),
          ending.endpoint(),
          ending.retries(),
          forwarded.client(request),
          exchange.trace().traceId());
    }
  }
}
