package io.vertebra.consul;

import java.util.regex.Pattern;

/**
 * Regular expressions that cannot take long: a subset of those of RE2 in which only single
 * characters and classes repeat, with a number of steps for all texts together. For one request and
 * one thread at a time.
 *
 * <p>Not taken: repeated groups (but {@code ?} after one is), named and other special groups but a
 * leading {@code (?i)}, back references, classes in classes.
 */
final class RegexSteps {
  static final int MAX_PATTERN = 256;
  private static final int MAX_STEPS = 2_000_000;
  private static final String IGNORE_CASE = "(?i)";
  private static final String LETTER_ESCAPES = "dDwWsSbBtnrfAz";

  private long left = MAX_STEPS;

  /** A text that counts how often it is looked at. */
  private final class Counted implements CharSequence {
    private final String text;

    Counted(String text) {
      this.text = text;
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      if (--left < 0) {
        throw ConsulException.badRequest(
            "Failed to execute filter: the regular expression takes too many steps");
      }
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }
  }

  /** Whether a pattern is found anywhere in a text. */
  boolean isFound(Pattern pattern, String text) {
    return pattern.matcher(new Counted(text)).find();
  }

  /** Refuses what it does not take. */
  static Pattern compile(String regex) {
    if (regex.length() > MAX_PATTERN) {
      throw Filter.refused("a regular expression has at most " + MAX_PATTERN + " characters");
    }
    boolean ignoresCase = regex.startsWith(IGNORE_CASE);
    String rest = ignoresCase ? regex.substring(IGNORE_CASE.length()) : regex;
    int flags = Pattern.UNIX_LINES | (ignoresCase ? Pattern.CASE_INSENSITIVE : 0);
    try {
      return Pattern.compile(new Reader(rest).checked(), flags);
    } catch (java.util.regex.PatternSyntaxException e) {
      throw Filter.refused("error parsing regexp: " + e.getDescription());
    }
  }

  /** Goes through a pattern and writes it as Java means it. */
  private static final class Reader {
    private final String regex;
    private final StringBuilder out = new StringBuilder();
    private int at;

    Reader(String regex) {
      this.regex = regex;
    }

    String checked() {
      boolean quantified = false;
      boolean afterGroup = false;
      while (at < regex.length()) {
        char next = regex.charAt(at++);
        boolean quantifier = isQuantifier(next);
        require(!quantifier || !quantified || next == '?', "quantifiers follow each other");
        require(!afterGroup || !quantifier || next == '?', "groups cannot be repeated here");
        read(next);
        quantified = quantifier;
        afterGroup = next == ')';
      }
      return out.toString();
    }

    private boolean isQuantifier(char next) {
      return next == '*' || next == '+' || next == '?' || next == '{';
    }

    private void read(char next) {
      switch (next) {
        case '\\' -> escape();
        case '[' -> characters();
        case '{' -> count();
        case '$' -> out.append("\\z");
        case '(' -> {
          require(at == regex.length() || regex.charAt(at) != '?', "no special groups here");
          out.append(next);
        }
        default -> out.append(next);
      }
    }

    private void escape() {
      require(at < regex.length(), "trailing backslash");
      char next = regex.charAt(at++);
      boolean letter = Character.isLetterOrDigit(next);
      require(!letter || LETTER_ESCAPES.indexOf(next) >= 0, "invalid escape \\" + next);
      out.append('\\').append(next);
    }

    /** Within a class a bracket would begin another one in Java. */
    private void characters() {
      out.append('[');
      int first = at < regex.length() && regex.charAt(at) == '^' ? at + 1 : at;
      while (at < regex.length()) {
        char next = regex.charAt(at++);
        if (next == '\\') {
          escape();
        } else if (next == ']' && at - 1 > first) {
          out.append(next);
          return;
        } else {
          require(next != '[' && next != '&', "escape [ and & in classes");
          out.append(next == ']' ? "\\]" : next);
        }
      }
      throw Filter.refused("error parsing regexp: missing closing ]");
    }

    private void count() {
      int end = regex.indexOf('}', at);
      boolean sound = end > 0 && regex.substring(at, end).matches("\\d{1,3}(,\\d{0,3})?");
      require(sound, "invalid repeat count");
      out.append('{').append(regex, at, end + 1);
      at = end + 1;
    }

    private static void require(boolean holds, String otherwise) {
      if (!holds) {
        throw Filter.refused("error parsing regexp: " + otherwise);
      }
    }
  }
}
