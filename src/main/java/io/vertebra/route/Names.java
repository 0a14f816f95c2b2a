package io.vertebra.route;

import io.vertebra.api.Fields;
import io.vertebra.api.Value;
import java.util.List;
import java.util.regex.Pattern;

/** The names of routes and upstreams. */
final class Names {
  static final int MAX_LENGTH = 100;

  static final Rule<String> RULE = rule();

  private Names() {}

  static Value<String> read(Fields fields, String field) {
    return RULE.on(fields.text(field, 1, MAX_LENGTH));
  }

  /** A list of such names. */
  static Value<List<String>> list(Fields fields, String field, int most) {
    return fields
        .texts(field, most, MAX_LENGTH)
        .matching(names -> names.stream().allMatch(RULE.holds()), "must hold names");
  }

  private static Rule<String> rule() {
    Pattern pattern = Pattern.compile("[A-Za-z0-9._-]{1," + MAX_LENGTH + "}");
    return new Rule<>(
        name -> pattern.matcher(name).matches(),
        "must be 1 to " + MAX_LENGTH + " letters, digits, dots, underscores or hyphens");
  }
}
