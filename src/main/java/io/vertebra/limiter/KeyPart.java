package io.vertebra.limiter;

import io.vertebra.api.Failure;
import java.util.Locale;

/**
 * One part of which a key is made.
 *
 * @param name of the header, cookie or claim, or the literal; else empty
 */
public record KeyPart(Kind kind, String name) {
  static final int MOST_LENGTH = 200;

  /** Where the value comes from. */
  public enum Kind {
    CLIENT("client"),
    HEADER("header:"),
    COOKIE("cookie:"),
    CLAIM("claim:"),
    ROUTE("route"),
    API_KEY("apiKey"),
    FIELD("field:"),
    LITERAL("literal:");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    private boolean isNamed() {
      return text.endsWith(":");
    }
  }

  /**
   * Reads the form of {@link #toString}.
   *
   * @param pointer where the text stands in a request, for the failure if it is none
   */
  public static KeyPart of(String text, String pointer) {
    for (Kind kind : Kind.values()) {
      if (kind.isNamed() && text.startsWith(kind.text) && text.length() > kind.text.length()) {
        String name = text.substring(kind.text.length());
        return new KeyPart(kind, kind == Kind.HEADER ? name.toLowerCase(Locale.ROOT) : name);
      }
      if (!kind.isNamed() && text.equals(kind.text)) {
        return new KeyPart(kind, "");
      }
    }
    throw Failure.invalid(
        pointer,
        "must be client, route, apiKey, or header:, cookie:, claim:, field: or literal: with a"
            + " name");
  }

  @Override
  public String toString() {
    return kind.text + name;
  }
}
