package io.vertebra.consul;

import java.util.ArrayList;
import java.util.List;

/** Takes the text of a filter apart. */
final class FilterLexer {
  private final String text;
  private int at;

  FilterLexer(String text) {
    this.text = text;
  }

  /**
   * A piece of the text.
   *
   * @param text as it is meant
   * @param path for words, the names that it is made of
   */
  record Token(Kind kind, String text, List<String> path) {
    boolean is(String word) {
      return kind == Kind.WORD && text.equals(word);
    }
  }

  /** Kinds of pieces. */
  enum Kind {
    WORD,
    QUOTED,
    OPEN,
    CLOSE,
    EQUAL,
    NOT_EQUAL,
    END
  }

  List<Token> tokens() {
    List<Token> tokens = new ArrayList<>();
    do {
      tokens.add(next());
    } while (tokens.get(tokens.size() - 1).kind() != Kind.END);
    return tokens;
  }

  private Token next() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    if (at == text.length()) {
      return sign(Kind.END, "");
    }
    if (text.startsWith("==", at)) {
      return sign(Kind.EQUAL, "==");
    }
    if (text.startsWith("!=", at)) {
      return sign(Kind.NOT_EQUAL, "!=");
    }
    return switch (text.charAt(at)) {
      case '(' -> sign(Kind.OPEN, "(");
      case ')' -> sign(Kind.CLOSE, ")");
      case '"', '`' -> new Token(Kind.QUOTED, quoted(), List.of());
      default -> word();
    };
  }

  private Token sign(Kind kind, String sign) {
    at += sign.length();
    return new Token(kind, sign, List.of());
  }

  /** Names with dots between them, or in brackets and quotes behind. */
  private Token word() {
    int from = at;
    List<String> path = new ArrayList<>(List.of(name()));
    while (at < text.length() && (text.charAt(at) == '.' || text.charAt(at) == '[')) {
      if (text.charAt(at++) == '.') {
        path.add(name());
      } else {
        path.add(quoted());
        require(at < text.length() && text.charAt(at++) == ']', "expected ]");
      }
    }
    return new Token(Kind.WORD, text.substring(from, at), path);
  }

  private String name() {
    int from = at;
    while (at < text.length() && isOfName(text.charAt(at))) {
      at++;
    }
    require(at > from, "unexpected character");
    return text.substring(from, at);
  }

  private static boolean isOfName(char next) {
    return Character.isLetterOrDigit(next) || "_-/:".indexOf(next) >= 0;
  }

  private String quoted() {
    char quote = at < text.length() ? text.charAt(at++) : ' ';
    require(quote == '"' || quote == '`', "expected a quoted text");
    StringBuilder content = new StringBuilder();
    while (at < text.length() && text.charAt(at) != quote) {
      if (quote == '"' && text.charAt(at) == '\\' && at + 1 < text.length()) {
        at++;
        if (text.charAt(at) != '"' && text.charAt(at) != '\\') {
          content.append('\\');
        }
      }
      content.append(text.charAt(at++));
    }
    require(at < text.length(), "quoted text has no end");
    at++;
    return content.toString();
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw Filter.refused("1:" + (at + 1) + ": " + otherwise);
    }
  }
}
