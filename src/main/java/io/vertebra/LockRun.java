package io.vertebra;

import java.time.Duration;
import java.util.List;

/**
 * What {@code vertebra lock run} is to do.
 *
 * @param lease 1 s to 24 h
 * @param patience at most 10 min
 * @param command the program and its arguments
 */
record LockRun(String name, Duration lease, Duration patience, List<String> command) {
  private static final String WANTED = "write lock run NAME [--lease 15s] [--wait 1m] -- COMMAND";

  LockRun {
    check(lease, Duration.ofSeconds(1), Duration.ofHours(24), "--lease");
    check(patience, Duration.ZERO, Duration.ofMinutes(10), "--wait");
  }

  private static void check(Duration time, Duration min, Duration max, String option) {
    if (time.compareTo(min) < 0 || time.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          option + " must be " + min.toMillis() + "ms to " + max.toMillis() + "ms");
    }
  }

  /**
   * Reads the words after {@code lock}.
   *
   * @throws IllegalArgumentException saying what is misspelt
   */
  static LockRun parse(List<String> words) {
    int end = words.indexOf("--");
    List<String> before = end < 0 ? words : words.subList(0, end);
    List<String> command = end < 0 ? List.of() : words.subList(end + 1, words.size());
    List<String> plain = before.stream().filter(word -> !word.startsWith("--")).toList();
    if (plain.size() != 2 || !plain.get(0).equals("run") || command.isEmpty()) {
      throw new IllegalArgumentException(WANTED);
    }
    return new LockRun(
        plain.get(1),
        time(before, "--lease=", Duration.ofSeconds(15)),
        time(before, "--wait=", Duration.ZERO),
        List.copyOf(command));
  }

  private static Duration time(List<String> words, String option, Duration otherwise) {
    return words.stream()
        .filter(word -> word.startsWith(option))
        .map(word -> time(word.substring(option.length())))
        .reduce(otherwise, (before, last) -> last);
  }

  /** A time as 500ms, 15s, 2m or 1h. */
  private static Duration time(String text) {
    if (!text.matches("\\d{1,9}(ms|s|m|h)")) {
      throw new IllegalArgumentException(text + " is no time, as 500ms, 15s, 2m or 1h");
    }
    long number = Long.parseLong(text.replaceAll("\\D", ""));
    return switch (text.replaceAll("\\d", "")) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }
}
