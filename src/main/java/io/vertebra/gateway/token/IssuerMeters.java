package io.vertebra.gateway.token;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts fetches of foreign issuers' keys. */
final class IssuerMeters {
  private final Counter succeeded;
  private final Counter failed;

  IssuerMeters(MeterRegistry meters) {
    succeeded = counter(meters, "ok");
    failed = counter(meters, "failed");
  }

  private static Counter counter(MeterRegistry meters, String result) {
    return Counter.builder("vertebra.gateway.issuer.fetches")
        .description("Fetches of the keys of foreign issuers")
        .tag("result", result)
        .register(meters);
  }

  void fetched(boolean ok) {
    (ok ? succeeded : failed).increment();
  }
}
