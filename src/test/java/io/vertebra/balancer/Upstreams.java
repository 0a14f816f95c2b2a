package io.vertebra.balancer;

import io.vertebra.testkit.TestClock;
import java.util.ArrayList;
import java.util.List;

/** Definitions for tests; endpoint i is {@code 10.0.0.1:1000+i}. */
final class Upstreams {
  private Upstreams() {}

  static Upstream weighted(Balancing.Policy policy, int... weights) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (int weight : weights) {
      endpoints.add(endpoint(endpoints.size(), weight, Endpoint.Tier.HOT));
    }
    return with(Upstream.of("orders", endpoints), Balancing.of(policy));
  }

  static Endpoint endpoint(int number, int weight, Endpoint.Tier tier) {
    return new Endpoint("10.0.0.1", 1000 + number, weight, tier, "", Endpoint.State.UP);
  }

  static Upstream with(Upstream upstream, Balancing balancing) {
    return with(upstream, balancing, upstream.ejection(), upstream.breaker());
  }

  static Upstream with(Upstream upstream, Balancing balancing, Ejection ejection, Breaker breaker) {
    return new Upstream(
        upstream.name(),
        upstream.endpoints(),
        upstream.service(),
        balancing,
        upstream.activeCheck(),
        ejection,
        breaker,
        upstream.connection(),
        upstream.timeouts(),
        upstream.retry(),
        upstream.hedge());
  }

  static Upstream with(Upstream upstream, ActiveCheck check) {
    return new Upstream(
        upstream.name(),
        upstream.endpoints(),
        upstream.service(),
        upstream.balancing(),
        check,
        upstream.ejection(),
        upstream.breaker(),
        upstream.connection(),
        upstream.timeouts(),
        upstream.retry(),
        upstream.hedge());
  }

  static LiveUpstream live(Upstream definition, Ticker ticker) {
    return new LiveUpstream(definition, ticker, new TestClock());
  }
}
