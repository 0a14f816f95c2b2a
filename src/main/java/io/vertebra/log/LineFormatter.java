package io.vertebra.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;

/** Writes a record as one line of fields: time, level, logger, message and, if any, error. */
abstract class LineFormatter extends Formatter {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** Adds one field; the value may hold anything. */
  abstract void field(StringBuilder line, String name, String value);

  /** What stands before the first field and after the last. */
  abstract String frame(String fields);

  @Override
  public final String format(LogRecord record) {
    StringBuilder line = new StringBuilder(200);
    field(line, "time", TIME.format(record.getInstant()));
    field(line, "level", LogLevel.wordFor(record.getLevel()));
    field(line, "logger", orEmpty(record.getLoggerName()));
    field(line, "msg", orEmpty(formatMessage(record)));
    Throwable thrown = record.getThrown();
    if (thrown != null) {
      field(line, "error", String.valueOf(thrown));
      field(line, "stack", stack(thrown));
    }
    return frame(line.toString()) + "\n";
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static String stack(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  /**
   * Writes text between quotation marks as JSON does (RFC 8259), and escapes all that a terminal or
   * a reader of lines might act on: controls, line and paragraph separators, lone surrogates.
   */
  static void quote(StringBuilder line, String text) {
    line.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> line.append("\\\"");
        case '\\' -> line.append("\\\\");
        case '\n' -> line.append("\\n");
        case '\r' -> line.append("\\r");
        case '\t' -> line.append("\\t");
        default -> {
          if (isPlain(c) || isPair(text, i)) {
            line.append(c);
          } else {
            line.append("\\u").append(String.format("%04x", (int) c));
          }
        }
      }
    }
    line.append('"');
  }

  private static boolean isPlain(char c) {
    int type = Character.getType(c);
    return type != Character.CONTROL
        && type != Character.FORMAT
        && type != Character.LINE_SEPARATOR
        && type != Character.PARAGRAPH_SEPARATOR
        && type != Character.SURROGATE;
  }

  private static boolean isPair(String text, int at) {
    char c = text.charAt(at);
    return Character.isHighSurrogate(c)
        ? at + 1 < text.length() && Character.isLowSurrogate(text.charAt(at + 1))
        : Character.isLowSurrogate(c) && at > 0 && Character.isHighSurrogate(text.charAt(at - 1));
  }
}
