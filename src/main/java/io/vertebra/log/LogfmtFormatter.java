package io.vertebra.log;

/** Lines of {@code key=value}; a value is in quotation marks unless it is a plain word. */
final class LogfmtFormatter extends LineFormatter {

  @Override
  void field(StringBuilder line, String name, String value) {
    if (!line.isEmpty()) {
      line.append(' ');
    }
    line.append(name).append('=');
    if (isWord(value)) {
      line.append(value);
    } else {
      quote(line, value);
    }
  }

  @Override
  String frame(String fields) {
    return fields;
  }

  private static boolean isWord(String value) {
    return !value.isEmpty()
        && value.chars().allMatch(c -> c > ' ' && c < 127 && c != '"' && c != '=' && c != '\\');
  }
}
