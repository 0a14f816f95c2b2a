package io.vertebra.route;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Violation;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which paths a route takes. In JSON one key: {@code {"exact": "/a"}}, {@code {"prefix": "/a"}} or
 * {@code {"pattern": "/a/{id}/**"}}. Paths are compared as they are sent, percent-encoding and case
 * included.
 *
 * @param value 1 to 1024 visible ASCII characters beginning with {@code /}, without empty segments,
 *     dot segments, {@code ?} or {@code #}; a prefix loses its trailing {@code /}, which means
 *     nothing
 */
public record PathMatch(Kind kind, String value) {
  /** Every path. */
  public static final PathMatch ANY = new PathMatch(Kind.PREFIX, "/");

  /** How the value is compared. */
  public enum Kind {
    /** The path is the value. */
    EXACT,
    /** The segments of the path begin with those of the value: {@code /a} takes no {@code /ab}. */
    PREFIX,
    /**
     * Segment by segment: <code>{name}</code> is any one segment that is not empty, <code>**</code>
     * at the end any number of segments, also none.
     */
    PATTERN
  }

  public PathMatch {
    String pointer = "/" + Fields.word(kind);
    rule(kind).require(pointer, value);
    if (kind == Kind.PREFIX && value.length() > 1 && value.endsWith("/")) {
      value = value.substring(0, value.length() - 1);
    }
  }

  /** A path that is {@code value}. */
  public static PathMatch exact(String value) {
    return new PathMatch(Kind.EXACT, value);
  }

  /** Paths that begin with the segments of {@code value}. */
  public static PathMatch prefix(String value) {
    return new PathMatch(Kind.PREFIX, value);
  }

  /** Paths of the form of {@code value}. */
  public static PathMatch pattern(String value) {
    return new PathMatch(Kind.PATTERN, value);
  }

  static PathMatch from(Fields fields) {
    List<PathMatch> given = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      Optional<String> value =
          rule(kind).on(fields.text(Fields.word(kind), 1, PathPattern.MAX_LENGTH)).optional();
      value.ifPresent(text -> given.add(new PathMatch(kind, text)));
    }
    return fields.build(() -> only(given));
  }

  public JsonObject toJson() {
    return new JsonObject().put(Fields.word(kind), value);
  }

  /** The value without the slash that is all of the prefix {@code /}. */
  String prefixKey() {
    return value.equals("/") ? "" : value;
  }

  private static PathMatch only(List<PathMatch> given) {
    if (given.size() != 1) {
      throw Failure.invalid(List.of(new Violation("", "must have one of exact, prefix, pattern")));
    }
    return given.get(0);
  }

  private static Rule<String> rule(Kind kind) {
    return kind == Kind.PATTERN ? PathPattern.PATTERN : PathPattern.LITERAL;
  }
}
