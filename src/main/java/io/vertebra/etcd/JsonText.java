package io.vertebra.etcd;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Reads JSON and says what is wrong with it in the words of Go's {@code encoding/json}, which are
 * part of etcd's answers. Lists and objects nest at most {@value #MAX_DEPTH} deep.
 *
 * <p>Source: RFC 8259; the messages of Go 1.19.
 */
final class JsonText {
  private static final int MAX_DEPTH = 100;

  /** One character per byte. */
  private final String bytes;

  private final String ending;
  private int at;
  private int depth;

  private JsonText(String bytes, String ending) {
    this.bytes = bytes;
    this.ending = ending;
  }

  /** The first value of a body, whatever follows; empty if there is nothing but blanks. */
  static Optional<JsonValue> first(byte[] body) {
    JsonText text = new JsonText(new String(body, StandardCharsets.ISO_8859_1), "unexpected EOF");
    text.skipBlanks();
    return text.at == text.bytes.length() ? Optional.empty() : Optional.of(text.value());
  }

  /** The one value that a text is. */
  static JsonValue only(String text) {
    String latin = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    JsonText json = new JsonText(latin, "unexpected end of JSON input");
    JsonValue value = json.value();
    json.skipBlanks();
    if (json.at < latin.length()) {
      throw json.wrong("after top-level value");
    }
    return value;
  }

  private JsonValue value() {
    skipBlanks();
    char begin = peek();
    return switch (begin) {
      case '{' -> nested(this::members);
      case '[' -> nested(this::items);
      case '"' -> new JsonValue.Text(text());
      case 't' -> literal("true", new JsonValue.Flag(true));
      case 'f' -> literal("false", new JsonValue.Flag(false));
      case 'n' -> literal("null", new JsonValue.Nothing());
      default -> {
        if (begin != '-' && !isDigit(begin)) {
          throw wrong("looking for beginning of value");
        }
        yield numeral();
      }
    };
  }

  private JsonValue nested(Supplier<JsonValue> reader) {
    at++;
    if (++depth > MAX_DEPTH) {
      throw EtcdException.invalid("exceeded max depth");
    }
    JsonValue value = reader.get();
    depth--;
    return value;
  }

  private JsonValue members() {
    Map<String, JsonValue> members = new LinkedHashMap<>();
    boolean more = !next('}');
    while (more) {
      skipBlanks();
      expect('"', "looking for beginning of object key string");
      String name = text();
      skipBlanks();
      expect(':', "after object key");
      at++;
      members.put(name, value());
      more = goesOn('}', "after object key:value pair");
    }
    return new JsonValue.Members(members);
  }

  private JsonValue items() {
    List<JsonValue> items = new ArrayList<>();
    boolean more = !next(']');
    while (more) {
      items.add(value());
      more = goesOn(']', "after array element");
    }
    return new JsonValue.Items(items);
  }

  /** Whether a comma follows, not the end. */
  private boolean goesOn(char end, String place) {
    if (next(end)) {
      return false;
    }
    expect(',', place);
    at++;
    return true;
  }

  private boolean next(char wanted) {
    skipBlanks();
    boolean found = peek() == wanted;
    if (found) {
      at++;
    }
    return found;
  }

  private void expect(char wanted, String place) {
    if (peek() != wanted) {
      throw wrong(place);
    }
  }

  private String text() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    at++;
    while (peek() != '"') {
      char c = peek();
      if (c < ' ') {
        throw wrong("in string literal");
      }
      at++;
      if (c == '\\') {
        text.writeBytes(escaped().getBytes(StandardCharsets.UTF_8));
      } else {
        text.write(c);
      }
    }
    at++;
    return text.toString(StandardCharsets.UTF_8);
  }

  private String escaped() {
    char c = peek();
    int index = "\"\\/bfnrt".indexOf(c);
    if (index >= 0) {
      at++;
      return String.valueOf("\"\\/\b\f\n\r\t".charAt(index));
    }
    if (c != 'u') {
      throw wrong("in string escape code");
    }
    char first = unicode();
    if (Character.isHighSurrogate(first) && bytes.startsWith("\\u", at)) {
      at++;
      return new String(new char[] {first, unicode()});
    }
    return String.valueOf(first);
  }

  private char unicode() {
    int code = 0;
    at++;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(peek(), 16);
      if (digit < 0) {
        throw wrong("in \\u hexadecimal character escape");
      }
      code = code << 4 | digit;
      at++;
    }
    return (char) code;
  }

  private JsonValue literal(String word, JsonValue value) {
    for (int i = 0; i < word.length(); i++, at++) {
      if (peek() != word.charAt(i)) {
        throw wrong("in literal " + word + " (expecting '" + word.charAt(i) + "')");
      }
    }
    return value;
  }

  private JsonValue numeral() {
    int begin = at;
    if (bytes.charAt(at) == '-') {
      at++;
    }
    if (peek() == '0') {
      at++;
    } else {
      digits("in numeric literal");
    }
    if (isAt('.')) {
      at++;
      digits("after decimal point in numeric literal");
    }
    if (isAt('e') || isAt('E')) {
      at++;
      if (isAt('+') || isAt('-')) {
        at++;
      }
      digits("in exponent of numeric literal");
    }
    return new JsonValue.Numeral(bytes.substring(begin, at));
  }

  private void digits(String place) {
    if (!isDigit(peek())) {
      throw wrong(place);
    }
    while (at < bytes.length() && isDigit(bytes.charAt(at))) {
      at++;
    }
  }

  private boolean isAt(char wanted) {
    return at < bytes.length() && bytes.charAt(at) == wanted;
  }

  private static boolean isDigit(char c) {
    return '0' <= c && c <= '9';
  }

  private void skipBlanks() {
    while (at < bytes.length() && " \t\r\n".indexOf(bytes.charAt(at)) >= 0) {
      at++;
    }
  }

  private char peek() {
    if (at == bytes.length()) {
      throw EtcdException.invalid(ending);
    }
    return bytes.charAt(at);
  }

  private EtcdException wrong(String place) {
    char c = bytes.charAt(at);
    String shown =
        switch (c) {
          case '\'', '\\' -> "\\" + c;
          case '\n' -> "\\n";
          case '\r' -> "\\r";
          case '\t' -> "\\t";
          default -> isShown(c) ? String.valueOf(c) : String.format("\\x%02x", (int) c);
        };
    return EtcdException.invalid("invalid character '" + shown + "' " + place);
  }

  private static boolean isShown(char c) {
    return c >= ' ' && (c < 0x7f || c > 0xa0);
  }
}
