package io.vertebra.route;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A path of literal segments, variables and perhaps an open end, taken apart: {@code
 * /users/{id}/orders/**}. Matches by looking at each character once, and allocates nothing.
 *
 * @param segments the literal segments, with their variable's name in braces for the others
 * @param open whether any segments may follow
 */
record PathPattern(List<String> segments, boolean open) {
  static final int MAX_LENGTH = 1024;

  private static final String SEGMENT = "(?!\\.{1,2}(/|$))[!-~&&[^/?#{}*]]+";
  private static final String VARIABLE = "\\{[A-Za-z][A-Za-z0-9_]*}";
  private static final Pattern LITERAL_PATH = Pattern.compile("/|(/" + SEGMENT + ")+/?");
  private static final Pattern PATTERN_PATH =
      Pattern.compile("(/(" + SEGMENT + "|" + VARIABLE + "))*+(/\\*\\*|/)?");

  /** A path without variables. */
  static final Rule<String> LITERAL =
      new Rule<>(
          path -> path.length() <= MAX_LENGTH && LITERAL_PATH.matcher(path).matches(),
          "must begin with / and hold visible ASCII characters but ? # { } *, and no empty or dot"
              + " segments");

  /** A path that may hold variables, each once, and may be open. */
  static final Rule<String> TEMPLATE =
      new Rule<>(
          PathPattern::isTemplate,
          "must begin with /, have {name} only as a whole segment and each name once, ** only as"
              + " the last segment, and no empty or dot segments");

  /** A path that holds a variable or is open. */
  static final Rule<String> PATTERN =
      new Rule<>(
          path -> isTemplate(path) && (path.contains("{") || path.endsWith("/**")),
          TEMPLATE.detail() + ", and at least one {name} or **");

  static PathPattern parse(String path) {
    boolean open = path.endsWith("/**");
    String closed = open ? path.substring(0, path.length() - 3) : path;
    List<String> segments =
        closed.isEmpty() ? List.of() : List.of(closed.substring(1).split("/", -1));
    return new PathPattern(segments, open);
  }

  boolean matches(String path) {
    int at = 0;
    for (int i = 0; i < segments.size(); i++) {
      String segment = segments.get(i);
      if (at >= path.length() || path.charAt(at) != '/') {
        return false;
      }
      int end = endOfSegment(path, at + 1);
      int length = end - at - 1;
      boolean same =
          isVariable(segment)
              ? length > 0
              : length == segment.length() && path.startsWith(segment, at + 1);
      if (!same) {
        return false;
      }
      at = end;
    }
    return at == path.length() || (open && path.charAt(at) == '/');
  }

  /** What this pattern, as a template, makes of a path that matches {@code source}. */
  String fill(PathPattern source, String path) {
    StringBuilder filled = new StringBuilder();
    for (String segment : segments) {
      filled.append('/');
      if (isVariable(segment)) {
        int begin = beginOfSegment(path, source.segments.indexOf(segment));
        filled.append(path, begin, endOfSegment(path, begin));
      } else {
        filled.append(segment);
      }
    }
    if (open) {
      filled.append(path, beginOfSegment(path, source.segments.size()) - 1, path.length());
    }
    return filled.isEmpty() ? "/" : filled.toString();
  }

  /** The literal segments before the first variable, as a prefix without trailing slash. */
  String head() {
    StringBuilder head = new StringBuilder();
    for (String segment : segments) {
      if (isVariable(segment)) {
        break;
      }
      head.append('/').append(segment);
    }
    return head.toString();
  }

  /** How many characters the literal segments have. */
  int literalCharacters() {
    return segments.stream().filter(s -> !isVariable(s)).mapToInt(String::length).sum();
  }

  /** The first thing in this template that {@code source} cannot fill, if any. */
  @Nullable String unknownIn(PathPattern source) {
    for (String segment : segments) {
      if (isVariable(segment) && !source.segments.contains(segment)) {
        return segment;
      }
    }
    return open && !source.open ? "**" : null;
  }

  private static boolean isVariable(String segment) {
    return !segment.isEmpty() && segment.charAt(0) == '{';
  }

  private static int endOfSegment(String path, int begin) {
    int slash = path.indexOf('/', begin);
    return slash < 0 ? path.length() : slash;
  }

  /** Where the segment of this index begins; one past the end when the path ends before it. */
  private static int beginOfSegment(String path, int index) {
    int begin = 1;
    for (int i = 0; i < index; i++) {
      begin = endOfSegment(path, begin) + 1;
    }
    return begin;
  }

  private static boolean isTemplate(String path) {
    if (path.isEmpty() || path.length() > MAX_LENGTH || !PATTERN_PATH.matcher(path).matches()) {
      return false;
    }
    Set<String> names = new HashSet<>();
    List<String> variables = new ArrayList<>(parse(path).segments);
    variables.removeIf(segment -> !isVariable(segment));
    return variables.stream().allMatch(names::add);
  }
}
