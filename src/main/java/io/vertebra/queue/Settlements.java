package io.vertebra.queue;

import io.vertx.core.json.JsonArray;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Settlements by the operation that each is asked by, and the way back to their order. */
final class Settlements {
  private final Map<String, List<Integer>> places = new LinkedHashMap<>();
  private final List<Settlement> all;

  private Settlements(List<Settlement> all) {
    this.all = all;
  }

  static Settlements of(List<Settlement> all) {
    Settlements parts = new Settlements(List.copyOf(all));
    for (int i = 0; i < all.size(); i++) {
      parts.places.computeIfAbsent(action(all.get(i)), name -> new ArrayList<>()).add(i);
    }
    return parts;
  }

  private static String action(Settlement settlement) {
    return switch (settlement.kind()) {
      case ACK -> "ack";
      case NACK, REJECT, RELEASE -> "nack";
      case EXTEND -> "extend";
    };
  }

  List<String> actions() {
    return List.copyOf(places.keySet());
  }

  JsonArray items(String action) {
    JsonArray items = new JsonArray();
    places.getOrDefault(action, List.of()).forEach(i -> items.add(all.get(i).toJson()));
    return items;
  }

  /**
   * The answers in the order of the settlements.
   *
   * @param answers of each action, in their order
   */
  List<Outcome<Settled>> inOrder(List<List<Outcome<Settled>>> answers) {
    List<Outcome<Settled>> ordered =
        new ArrayList<>(Collections.nCopies(all.size(), Outcome.failed(CommitJob.moved())));
    int next = 0;
    for (List<Integer> each : places.values()) {
      List<Outcome<Settled>> answer = answers.get(next++);
      for (int i = 0; i < each.size(); i++) {
        ordered.set(each.get(i), answer.get(i));
      }
    }
    return ordered;
  }
}
