package io.vertebra.log;

import io.vertebra.api.Fields;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is logged, and how.
 *
 * @param format how a line looks
 * @param level the least level that is written
 * @param levels the same by logger, where it differs; a logger's name covers those below it
 */
public record LogOptions(Format format, LogLevel level, Map<String, LogLevel> levels) {

  /** How a line looks. */
  public enum Format {
    /** {@code key=value} pairs. */
    LOGFMT,
    /** A JSON object. */
    JSON
  }

  /** Hazelcast and Ratis are chatty, and warn of what a node alone is meant to be. */
  private static final Map<String, String> QUIET =
      new TreeMap<>(
          Map.of(
              "com.hazelcast", "warn",
              "com.hazelcast.cp.CPSubsystem", "error",
              "com.hazelcast.instance.impl.Node", "error",
              "org.apache.kafka", "warn",
              "org.apache.ratis", "warn",
              "org.apache.ratis.grpc", "error",
              "org.apache.ratis.server.impl.TransferLeadership", "error"));

  public LogOptions {
    levels = Map.copyOf(levels);
  }

  public static LogOptions from(Fields fields) {
    Format format =
        fields.choice("format", Format.class).about("How a line looks.").orElse(Format.LOGFMT);
    LogLevel level =
        fields
            .choice("level", LogLevel.class)
            .about("The least level that is written.")
            .orElse(LogLevel.INFO);
    Map<String, String> levels =
        fields
            .textMap("levels", 100, 5)
            .about("The same by logger, where it differs.")
            .matching(
                given -> given.values().stream().allMatch(LogLevel::isWord),
                "must hold off, error, warn, info, debug or trace")
            .orElse(QUIET);
    return fields.build(() -> new LogOptions(format, level, parsed(levels)));
  }

  private static Map<String, LogLevel> parsed(Map<String, String> words) {
    Map<String, LogLevel> levels = new TreeMap<>();
    words.forEach((logger, word) -> levels.put(logger, LogLevel.of(word)));
    return levels;
  }
}
