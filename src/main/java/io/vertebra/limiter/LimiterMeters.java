package io.vertebra.limiter;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertebra.api.Fields;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/** What is counted: decisions by policy and outcome, and what could not be done. */
final class LimiterMeters {
  private final MeterRegistry meters;
  private final Map<String, Map<Outcome, Counter>> decisions = new ConcurrentHashMap<>();
  private final Counter lostRefunds;

  /** What came of asking a policy. */
  enum Outcome {
    ALLOWED,
    REFUSED,
    DRY_RUN,
    EXEMPT,
    OUTAGE,
    UNAVAILABLE
  }

  LimiterMeters(MeterRegistry meters, LongSupplier keys, LongSupplier adaptive) {
    this.meters = meters;
    this.lostRefunds =
        Counter.builder("vertebra.limiter.lost.refunds")
            .description("Permits that could not be given back after another policy refused")
            .register(meters);
    Gauge.builder("vertebra.limiter.keys", keys, LongSupplier::getAsLong)
        .description("Keys that this node owns in memory")
        .strongReference(true)
        .register(meters);
    Gauge.builder("vertebra.limiter.adaptive.keys", adaptive, LongSupplier::getAsLong)
        .description("Keys of adaptive limits on this node")
        .strongReference(true)
        .register(meters);
  }

  void decided(String policy, Outcome outcome) {
    Map<Outcome, Counter> counters = decisions.computeIfAbsent(policy, this::counters);
    Objects.requireNonNull(counters.get(outcome)).increment();
  }

  void decided(PolicyDecision decision) {
    decided(
        decision.policy(),
        switch (decision.note()) {
          case EXEMPT -> Outcome.EXEMPT;
          case OUTAGE -> Outcome.OUTAGE;
          case DRY_RUN -> decision.decision().allowed() ? Outcome.ALLOWED : Outcome.DRY_RUN;
          case DECIDED -> decision.decision().allowed() ? Outcome.ALLOWED : Outcome.REFUSED;
        });
  }

  void lostRefund() {
    lostRefunds.increment();
  }

  /** Counts for these policies, and forgets all others. */
  void follow(Set<String> policies) {
    policies.forEach(policy -> decisions.computeIfAbsent(policy, this::counters));
    decisions
        .entrySet()
        .removeIf(
            each -> {
              boolean gone = !policies.contains(each.getKey());
              if (gone) {
                each.getValue().values().forEach(meters::remove);
              }
              return gone;
            });
  }

  private Map<Outcome, Counter> counters(String policy) {
    Map<Outcome, Counter> counters = new EnumMap<>(Outcome.class);
    for (Outcome outcome : Outcome.values()) {
      counters.put(
          outcome,
          Counter.builder("vertebra.limiter.decisions")
              .description("Decisions")
              .tag("policy", policy)
              .tag("outcome", Fields.word(outcome))
              .register(meters));
    }
    return counters;
  }
}
