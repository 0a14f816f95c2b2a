package io.vertebra.http;

import io.vertebra.api.Api;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An operation at its path, with what is worked out about it once.
 *
 * @param known the fields that its requests can have
 * @param prefix the beginning of a path whose rest is a parameter
 * @param names of the parameters in it, the rest being the last one; empty if there is no rest
 */
record Mounted(
    Api api, Operation<?> operation, Set<String> known, Pattern prefix, List<String> names) {

  private static final Pattern PLAIN_COLON = Pattern.compile("[^/]:");

  static Mounted of(Api api, Operation<?> operation) {
    Set<String> known =
        Set.copyOf(Fields.describe(operation.reader()).getJsonObject("properties").fieldNames());
    String path = operation.path();
    int star = path.indexOf("/*") + 1;
    if (star == 0) {
      return new Mounted(api, operation, known, Pattern.compile(Pattern.quote(path)), List.of());
    }
    List<String> names = new ArrayList<>();
    StringBuilder prefix = new StringBuilder();
    Arrays.stream(path.substring(1, star).split("/"))
        .forEach(
            segment -> {
              boolean parameter = segment.startsWith(":");
              prefix.append('/').append(parameter ? "([^/]+)" : Pattern.quote(segment));
              if (parameter) {
                names.add(segment.substring(1));
              }
            });
    names.add(path.substring(star + 1));
    return new Mounted(api, operation, known, Pattern.compile(prefix + "/(.*)"), names);
  }

  boolean takesRest() {
    return !names.isEmpty();
  }

  /** The parameters in a path whose rest is one, as they were sent; empty if it is another's. */
  Optional<Map<String, String>> parameters(String path) {
    Matcher matcher = prefix.matcher(path);
    if (!takesRest() || !matcher.matches()) {
      return Optional.empty();
    }
    Map<String, String> parameters = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      parameters.put(names.get(i), matcher.group(i + 1));
    }
    return Optional.of(parameters);
  }

  /** Whether a colon within a segment of its path is no parameter. */
  boolean hasPlainColon() {
    return PLAIN_COLON.matcher(operation.path()).find();
  }

  /** The pattern of its path, with the parameters as groups. */
  String pattern() {
    return Arrays.stream(operation.path().substring(1).split("/"))
        .map(
            segment ->
                segment.startsWith(":")
                    ? "/(?<" + segment.substring(1) + ">[^/]+)"
                    : "/" + Pattern.quote(segment))
        .collect(Collectors.joining());
  }
}
