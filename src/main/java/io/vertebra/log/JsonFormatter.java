package io.vertebra.log;

/** Lines that are a JSON object each. */
final class JsonFormatter extends LineFormatter {

  @Override
  void field(StringBuilder line, String name, String value) {
    if (!line.isEmpty()) {
      line.append(',');
    }
    quote(line, name);
    line.append(':');
    quote(line, value);
  }

  @Override
  String frame(String fields) {
    return "{" + fields + "}";
  }
}
