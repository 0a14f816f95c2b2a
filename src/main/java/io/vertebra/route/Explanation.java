package io.vertebra.route;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tells route by route why it takes a request or not. Looks at one route after the other, without
 * the indexes of {@link RouteTable}.
 *
 * @param host normalized
 */
record Explanation(
    String method, String host, String path, Function<String, @Nullable String> header) {

  List<JsonObject> of(List<Candidate> candidates) {
    List<Candidate> ordered = new ArrayList<>(candidates);
    ordered.sort(
        Comparator.comparingInt((Candidate candidate) -> -candidate.route().priority())
            .thenComparing(Comparator.comparingInt(this::closeness).reversed())
            .thenComparing(Candidate.ORDER));
    boolean found = false;
    List<JsonObject> answers = new ArrayList<>();
    for (Candidate candidate : ordered) {
      List<String> failed = failed(candidate);
      answers.add(answer(candidate, failed, failed.isEmpty() && !found));
      found |= failed.isEmpty();
    }
    return answers;
  }

  private JsonObject answer(Candidate candidate, List<String> failed, boolean selected) {
    boolean matched = failed.isEmpty();
    return new JsonObject()
        .put("route", candidate.route().name())
        .put("upstream", candidate.route().upstream())
        .put("priority", candidate.route().priority())
        .put("matched", matched)
        .put("selected", selected)
        .put("reasons", new JsonArray(matched ? met(candidate) : failed));
  }

  private List<String> failed(Candidate candidate) {
    RouteMatch match = candidate.route().match();
    List<String> failed = new ArrayList<>();
    if (closeness(candidate) == Hosts.NONE) {
      failed.add("host " + host + " is none of " + String.join(", ", match.hosts()));
    }
    if (!candidate.takesPath(path)) {
      failed.add("path " + path + " is not of " + describe(match.path()));
    }
    if (!candidate.takesMethod(method)) {
      failed.add("method " + method + " is none of " + String.join(", ", match.methods()));
    }
    for (Map.Entry<String, String> condition : candidate.headers()) {
      if (!Candidate.takes(condition, header)) {
        failed.add("header " + condition.getKey() + " is not " + condition.getValue());
      }
    }
    return failed;
  }

  private List<String> met(Candidate candidate) {
    RouteMatch match = candidate.route().match();
    List<String> met = new ArrayList<>();
    met.add(match.hosts().isEmpty() ? "any host" : "host " + host);
    met.add(describe(match.path()));
    met.add(match.methods().isEmpty() ? "any method" : "method " + method);
    candidate.headers().forEach(condition -> met.add("header " + condition.getKey()));
    return met;
  }

  private int closeness(Candidate candidate) {
    return Hosts.closeness(candidate.route().match().hosts(), host);
  }

  private static String describe(PathMatch path) {
    return Fields.word(path.kind()) + " " + path.value();
  }
}
