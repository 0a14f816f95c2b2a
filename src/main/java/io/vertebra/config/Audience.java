package io.vertebra.config;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who reads, as far as gray releases ask.
 *
 * @param caller who it is, at most 200 characters; empty for nobody in particular
 * @param labels what it is, as in {@code zone:a}; at most 20 of 1 to 100 characters
 */
public record Audience(String caller, Set<String> labels) {
  /** Nobody in particular, for whom no gray release is meant. */
  public static final Audience NOBODY = new Audience("", Set.of());

  public Audience {
    labels = Set.copyOf(labels);
    Names.require(caller.length() <= 200, "/caller", "must have at most 200 characters");
    Names.require(labels.size() <= 20, "/labels", "must have at most 20 items");
  }

  static Audience from(Fields fields) {
    String caller =
        fields
            .text("caller", 1, 200)
            .about("Who reads, for gray releases to a share of callers.")
            .optional()
            .orElse("");
    List<String> labels =
        fields
            .texts("labels", 20, 100)
            .about("What the caller is, as in zone:a, for gray releases by label.")
            .orElse(List.of());
    return new Audience(caller, Set.copyOf(labels));
  }

  JsonObject writeTo(JsonObject json) {
    if (!caller.isEmpty()) {
      json.put("caller", caller);
    }
    return labels.isEmpty()
        ? json
        : json.put("labels", new JsonArray(List.copyOf(new TreeSet<>(labels))));
  }
}
