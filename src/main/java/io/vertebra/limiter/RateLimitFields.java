package io.vertebra.limiter;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.limiter.PolicyDecision.Note;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What an answer tells of the limits its request was held to, as header fields.
 *
 * <p>Source: the draft of the IETF "RateLimit header fields for HTTP" (version 10), RFC 9110
 * section 10.2.3 for {@code Retry-After}.
 */
public final class RateLimitFields {
  private static final long MOST_SECONDS = 999_999_999_999_999L;

  private RateLimitFields() {}

  /**
   * Writes the fields.
   *
   * @param sink takes name and value
   */
  public static void write(Admission admission, BiConsumer<String, String> sink) {
    String policies = joined(admission, RateLimitFields::policy);
    if (!policies.isEmpty()) {
      sink.accept("ratelimit-policy", policies);
      sink.accept("ratelimit", joined(admission, RateLimitFields::standing));
    }
    if (admission.retryAfterMs() > 0) {
      sink.accept("retry-after", Long.toString(seconds(admission.retryAfterMs())));
    }
  }

  /** What a refused request fails with: {@code LIMITED}, or {@code UNAVAILABLE} for overload. */
  public static Failure refusal(Admission admission) {
    return admission
        .refusal()
        .map(
            each ->
                each.isConcurrency()
                    ? new Failure(
                        FailureCode.UNAVAILABLE,
                        "as much is under way as policy " + each.policy() + " lets be")
                    : new Failure(FailureCode.LIMITED, "over the limit of policy " + each.policy()))
        .orElseGet(() -> new Failure(FailureCode.LIMITED, "over the limit"));
  }

  private static String joined(Admission admission, Function<PolicyDecision, String> item) {
    return admission.policies().stream()
        .filter(each -> each.note() != Note.EXEMPT)
        .map(item)
        .collect(Collectors.joining(", "));
  }

  private static String policy(PolicyDecision said) {
    String unit =
        said.isConcurrency() ? ";qu=\"concurrent-requests\"" : ";w=" + seconds(said.windowMs());
    return "\"" + said.policy() + "\";q=" + said.decision().limit() + unit;
  }

  private static String standing(PolicyDecision said) {
    Decision decision = said.decision();
    return "\"" + said.policy() + "\";r=" + decision.remaining() + ";t=" + time(decision);
  }

  private static long time(Decision decision) {
    return decision.retryAfterMs() > 0
        ? seconds(decision.retryAfterMs())
        : seconds(decision.resetMs());
  }

  private static long seconds(long millis) {
    return Math.min(MOST_SECONDS, GcraLimit.ceil(Math.max(0, millis), 1000));
  }
}
