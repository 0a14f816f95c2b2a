package io.vertebra.http;

import io.vertebra.api.Api;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import java.util.Set;

/**
 * An operation at its path, with what is worked out about it once.
 *
 * @param known the fields that its requests can have
 * @param prefix the fixed beginning of a path whose rest is a parameter
 * @param restName that parameter; empty for none
 */
record Mounted(Api api, Operation<?> operation, Set<String> known, String prefix, String restName) {

  static Mounted of(Api api, Operation<?> operation) {
    Set<String> known =
        Set.copyOf(Fields.describe(operation.reader()).getJsonObject("properties").fieldNames());
    String path = operation.path();
    int star = path.indexOf("/*") + 1;
    return star == 0
        ? new Mounted(api, operation, known, path, "")
        : new Mounted(api, operation, known, path.substring(0, star), path.substring(star + 1));
  }

  boolean takesRest() {
    return !restName.isEmpty();
  }

  /** Whether a colon in its path is no parameter. */
  boolean hasPlainColon() {
    return operation.path().indexOf(':') >= 0 && !operation.path().contains("/:");
  }
}
