package io.vertebra.log;

import java.util.Locale;
import java.util.logging.Level;

/** The levels of SLF4J, as its binding maps them to {@code java.util.logging}. */
public enum LogLevel {
  OFF,
  ERROR,
  WARN,
  INFO,
  DEBUG,
  TRACE;

  Level julLevel() {
    return switch (this) {
      case OFF -> Level.OFF;
      case ERROR -> Level.SEVERE;
      case WARN -> Level.WARNING;
      case INFO -> Level.INFO;
      case DEBUG -> Level.FINE;
      case TRACE -> Level.FINEST;
    };
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static boolean isWord(String word) {
    for (LogLevel level : values()) {
      if (level.word().equals(word)) {
        return true;
      }
    }
    return false;
  }

  static LogLevel of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }

  /** The word for a record's level; levels between two of ours count as the lower one. */
  static String wordFor(Level level) {
    for (LogLevel known : new LogLevel[] {ERROR, WARN, INFO, DEBUG}) {
      if (level.intValue() >= known.julLevel().intValue()) {
        return known.word();
      }
    }
    return TRACE.word();
  }
}
