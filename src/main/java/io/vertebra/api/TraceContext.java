package io.vertebra.api;

import io.vertx.core.MultiMap;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where in a trace a request stands. Source: W3C Trace Context level 1; the single and the multiple
 * headers of B3 are understood when there is no {@code traceparent}.
 *
 * @param traceId 32 lower-case hex digits, not all zero
 * @param spanId 16 lower-case hex digits, not all zero
 * @param sampled whether the caller records this trace
 * @param state the {@code tracestate} that came along, passed on untouched; empty for none
 */
public record TraceContext(String traceId, String spanId, boolean sampled, String state) {
  public static final String HEADER = "traceparent";
  public static final String STATE_HEADER = "tracestate";

  private static final Pattern TRACEPARENT =
      Pattern.compile("(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");
  private static final Pattern B3 =
      Pattern.compile("([0-9a-f]{16}|[0-9a-f]{32})-([0-9a-f]{16})(?:-([01d])(?:-[0-9a-f]{16})?)?");
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{16}|[0-9a-f]{32}");
  private static final char[] DIGITS = "0123456789abcdef".toCharArray();
  private static final ThreadLocal<SplittableRandom> RANDOM =
      ThreadLocal.withInitial(SplittableRandom::new);

  /** The caller's position, or the beginning of a new trace that is not sampled. */
  public static TraceContext from(MultiMap headers) {
    String parent = headers.get(HEADER);
    TraceContext context = parent == null ? fromB3(headers) : fromParent(parent, headers);
    return context == null ? begin() : context;
  }

  /** A new trace. */
  public static TraceContext begin() {
    return new TraceContext(hex(2), hex(1), false, "");
  }

  /** A step of this trace: the same trace under a span of its own. */
  public TraceContext child() {
    return new TraceContext(traceId, hex(1), sampled, state);
  }

  /** Writes this position as the headers of an outgoing request, replacing what is there. */
  public void writeTo(MultiMap headers) {
    headers.set(HEADER, traceparent());
    if (!state.isEmpty()) {
      headers.set(STATE_HEADER, state);
    }
  }

  /** The value of the header {@value #HEADER}. */
  public String traceparent() {
    return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
  }

  private static @Nullable TraceContext fromParent(String parent, MultiMap headers) {
    Matcher matcher = TRACEPARENT.matcher(parent);
    boolean hasTail = matcher.matches() && matcher.group(4) != null;
    if (!matcher.matches() || (hasTail && parent.startsWith("00"))) {
      return null;
    }
    boolean sampled = (Integer.parseInt(matcher.group(3), 16) & 1) == 1;
    String state = headers.get(STATE_HEADER);
    return valid(matcher.group(1), matcher.group(2), sampled, state == null ? "" : state);
  }

  private static @Nullable TraceContext fromB3(MultiMap headers) {
    String single = headers.get("b3");
    if (single != null) {
      Matcher matcher = B3.matcher(single);
      return matcher.matches()
          ? valid(matcher.group(1), matcher.group(2), isSampled(matcher.group(3)), "")
          : null;
    }
    String traceId = headers.get("x-b3-traceid");
    String spanId = headers.get("x-b3-spanid");
    if (traceId == null || spanId == null || !HEX.matcher(traceId).matches()) {
      return null;
    }
    return valid(traceId, spanId, isSampled(headers.get("x-b3-sampled")), "");
  }

  private static boolean isSampled(@Nullable String flag) {
    return "1".equals(flag) || "d".equals(flag) || "true".equals(flag);
  }

  private static @Nullable TraceContext valid(
      String traceId, String spanId, boolean sampled, String state) {
    String full = traceId.length() == 16 ? "0000000000000000" + traceId : traceId;
    boolean valid = spanId.length() == 16 && !isZero(full) && !isZero(spanId);
    return valid && HEX.matcher(spanId).matches()
        ? new TraceContext(full, spanId, sampled, state)
        : null;
  }

  private static boolean isZero(String digits) {
    return digits.chars().allMatch(digit -> digit == '0');
  }

  private static String hex(int words) {
    char[] digits = new char[words * 16];
    for (int word = 0; word < words; word++) {
      long bits = RANDOM.get().nextLong() | 1;
      for (int i = 0; i < 16; i++) {
        digits[word * 16 + i] = DIGITS[(int) (bits >>> (60 - 4 * i)) & 15];
      }
    }
    return new String(digits);
  }
}
