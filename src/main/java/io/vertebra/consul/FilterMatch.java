package io.vertebra.consul;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One comparison of a filter. What is selected in a list of objects is compared one by one, and one
 * of them has to match. What is not there is empty and equals nothing.
 *
 * @param path to what is compared
 * @param isNot whether the opposite is wanted
 */
record FilterMatch(List<String> path, Operator operator, boolean isNot, String value, Texts texts)
    implements Predicate<JsonObject> {

  /** Members whose names are not known beforehand. */
  private static final Set<String> OPEN =
      Set.of(
          "Meta",
          "NodeMeta",
          "ServiceMeta",
          "TaggedAddresses",
          "ServiceTaggedAddresses",
          "Definition");

  /** How to compare. */
  enum Operator {
    EQUALS("=="),
    CONTAINS("contains"),
    IS_EMPTY("is empty"),
    MATCHES("matches");

    private final String word;

    Operator(String word) {
      this.word = word;
    }
  }

  /** Whether a text matches, if it is to. */
  interface Texts extends Predicate<String> {
    Texts NONE = text -> false;

    static Texts of(Pattern pattern, RegexSteps steps) {
      return text -> steps.isFound(pattern, text);
    }
  }

  @Override
  public boolean test(JsonObject item) {
    return test(item, 0);
  }

  private boolean test(@Nullable Object found, int depth) {
    if (found == null) {
      return (operator == Operator.IS_EMPTY) != isNot;
    }
    if (depth == path.size()) {
      return holds(found) != isNot;
    }
    if (found instanceof JsonArray list) {
      return list.stream().anyMatch(each -> test(each, depth));
    }
    return test(
        found instanceof JsonObject json ? json.getValue(path.get(depth)) : null, depth + 1);
  }

  private boolean holds(Object found) {
    return switch (operator) {
      case EQUALS -> equal(found);
      case CONTAINS -> contains(found);
      case IS_EMPTY -> isEmpty(found);
      case MATCHES -> {
        if (found instanceof String text) {
          yield texts.test(text);
        }
        throw unfit();
      }
    };
  }

  private boolean equal(Object found) {
    if (found instanceof String text) {
      return text.equals(value);
    }
    if (found instanceof Boolean flag && List.of("true", "false").contains(value)) {
      return flag == Boolean.parseBoolean(value);
    }
    if (found instanceof Number number) {
      try {
        return number.longValue() == Long.parseLong(value);
      } catch (NumberFormatException e) {
        throw unfit();
      }
    }
    throw unfit();
  }

  private boolean contains(Object found) {
    if (found instanceof String text) {
      return text.contains(value);
    }
    if (found instanceof JsonArray list) {
      return list.contains(value);
    }
    if (found instanceof JsonObject json) {
      return json.containsKey(value);
    }
    throw unfit();
  }

  private boolean isEmpty(Object found) {
    if (found instanceof String text) {
      return text.isEmpty();
    }
    if (found instanceof JsonArray list) {
      return list.isEmpty();
    }
    if (found instanceof JsonObject json) {
      return json.isEmpty();
    }
    throw unfit();
  }

  /**
   * Refuses to select what there never is, or to compare it as it cannot be.
   *
   * @param sample an item with all members, whose lists of objects have one
   */
  void check(JsonObject sample) {
    Object found = sample;
    for (String name : path) {
      Object at = found instanceof JsonArray list && !list.isEmpty() ? list.getValue(0) : found;
      if (!(at instanceof JsonObject json) || !json.containsKey(name)) {
        throw Filter.refused("Selector \"" + selector() + "\" is not valid");
      }
      found = json.getValue(name);
      if (OPEN.contains(name) && !name.equals(path.get(path.size() - 1))) {
        return;
      }
    }
    boolean unused = holds(found);
  }

  private ConsulException unfit() {
    return Filter.refused(
        "Invalid match operator \""
            + operator.word
            + "\" or value \""
            + value
            + "\" for selector \""
            + selector()
            + "\"");
  }

  private String selector() {
    return String.join(".", path);
  }
}
