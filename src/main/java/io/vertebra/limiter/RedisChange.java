package io.vertebra.limiter;

import io.vertebra.limiter.LimitState.Arrival;
import io.vertebra.limiter.LimitState.Held;
import io.vertebra.limiter.LimitState.Permit;
import io.vertebra.limiter.LimitState.Window;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes and states in the words of {@code limit.lua}. */
final class RedisChange {
  /** Later times are not counted exactly by a script, whose numbers are doubles: 100 years. */
  private static final long MOST_MICROS = 100L * 366 * 86_400 * 1_000_000;

  private RedisChange() {}

  /** Whether a script can count it exactly. */
  static boolean fits(Limit limit) {
    return !(limit instanceof GcraLimit gcra) || gcra.window(0) <= MOST_MICROS;
  }

  static String name(Change change) {
    if (change instanceof Change.Take take) {
      return "take-" + rule(take.limit());
    } else if (change instanceof Change.Refund refund) {
      return "undo-" + rule(refund.limit());
    } else if (change instanceof Change.Release) {
      return "undo-h";
    }
    return change instanceof Change.Reset ? "reset" : "peek";
  }

  private static String rule(Limit limit) {
    if (limit instanceof GcraLimit) {
      return "a";
    } else if (limit instanceof SlidingWindowLimit) {
      return "s";
    }
    return limit instanceof CalendarLimit ? "c" : "h";
  }

  /**
   * Adds its arguments.
   *
   * @param about the time in microseconds since 1970, to tell a window of the calendar
   */
  static void add(Change change, long about, List<String> arguments) {
    if (change instanceof Change.Take take) {
      add(arguments, take.penalty().afterRefusals(), micros(take.penalty().period()), take.cost());
      add(take, about, arguments);
    } else if (change instanceof Change.Refund refund) {
      add(refund, arguments);
    } else if (change instanceof Change.Release release) {
      arguments.add(encode(release.permit()));
    }
  }

  private static void add(Change.Take take, long about, List<String> arguments) {
    Limit limit = take.limit();
    if (limit instanceof GcraLimit gcra) {
      boolean possible = take.cost() <= gcra.burst();
      Arrival cost = possible ? gcra.span(take.cost()) : new Arrival(0, 0);
      Arrival full = gcra.span(gcra.burst());
      add(arguments, possible ? 1 : 0, cost.micros(), cost.fraction());
      add(arguments, full.micros(), full.fraction(), gcra.perMicro());
    } else if (limit instanceof SlidingWindowLimit sliding) {
      add(arguments, sliding.permits(), micros(sliding.period()));
    } else if (limit instanceof CalendarLimit calendar) {
      long from = calendar.begin(about);
      add(arguments, calendar.permits(), from, from + calendar.window(about));
    } else if (limit instanceof ConcurrencyLimit concurrency) {
      add(arguments, concurrency.permits(), micros(concurrency.lease()));
      arguments.add(encode(take.permit()));
    }
  }

  private static void add(Change.Refund refund, List<String> arguments) {
    Limit limit = refund.limit();
    if (limit instanceof GcraLimit gcra) {
      Arrival taken = gcra.span(refund.cost());
      add(arguments, taken.micros(), taken.fraction(), gcra.perMicro());
    } else if (limit instanceof SlidingWindowLimit sliding) {
      long length = micros(sliding.period());
      long start = Math.floorDiv(refund.takenAt(), length) * length;
      add(arguments, refund.cost(), start, length);
    } else if (limit instanceof CalendarLimit) {
      add(arguments, refund.cost(), refund.takenAt());
    } else if (limit instanceof ConcurrencyLimit concurrency) {
      arguments.add(encode(refund.permit()));
      add(arguments, refund.takenAt() + micros(concurrency.lease()));
    }
  }

  private static void add(List<String> arguments, long... numbers) {
    for (long number : numbers) {
      arguments.add(Long.toString(number));
    }
  }

  private static long micros(Duration duration) {
    return duration.toNanos() / 1000;
  }

  private static String encode(String permit) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(permit.getBytes(StandardCharsets.UTF_8));
  }

  /** What a script kept; null for nothing. */
  static @Nullable KeyState state(String text) {
    if (text.isEmpty()) {
      return null;
    }
    String[] words = text.split(" ", -1);
    return new KeyState(
        limit(words),
        Integer.parseInt(words[1]),
        Long.parseLong(words[2]),
        Long.parseLong(words[3]));
  }

  private static LimitState limit(String[] words) {
    return switch (words[0]) {
      case "a" -> new Arrival(Long.parseLong(words[4]), Long.parseLong(words[5]));
      case "w" ->
          new Window(Long.parseLong(words[4]), Long.parseLong(words[5]), Long.parseLong(words[6]));
      default -> held(words);
    };
  }

  private static Held held(String[] words) {
    List<Permit> permits = new ArrayList<>();
    for (int i = 4; i < words.length; i++) {
      String[] parts = words[i].split(":", -1);
      byte[] id = Base64.getUrlDecoder().decode(parts[0]);
      permits.add(
          new Permit(
              new String(id, StandardCharsets.UTF_8),
              Long.parseLong(parts[1]),
              Long.parseLong(parts[2]),
              parts.length > 3 ? Long.parseLong(parts[3]) : 0));
    }
    return new Held(permits);
  }
}
