package io.vertebra.lock;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * A lock at one moment.
 *
 * @param holders in the order of their tokens, at most {@value #MAX_SHOWN}
 * @param waiters in the order in which they will be served, at most {@value #MAX_SHOWN}; none in
 *     lists
 * @param waiting how many wait
 * @param revision as of which
 */
public record LockState(
    String name, List<Holding> holders, List<Waiter> waiters, int waiting, long revision) {
  static final int MAX_SHOWN = 1_000;

  public LockState {
    holders = List.copyOf(holders);
    waiters = List.copyOf(waiters);
  }

  /**
   * One who waits.
   *
   * @param position the first being 1
   * @param node where it waits
   */
  public record Waiter(String owner, Terms terms, int position, String node) {

    static Waiter from(Fields fields) {
      String owner = LockNames.read(fields, "owner").required();
      java.util.function.Supplier<Terms> terms = Terms.reading(fields);
      int position = fields.integer("position", 1, Integer.MAX_VALUE).required();
      String node = fields.text("node", 0, 200).orElse("");
      return fields.build(() -> new Waiter(owner, terms.get(), position, node));
    }

    JsonObject toJson() {
      JsonObject json = new JsonObject().put("owner", owner).put("position", position);
      return terms.writeTo(json).put("node", node);
    }
  }

  static LockState from(Fields fields) {
    String name = LockNames.read(fields, "name").required();
    boolean held = fields.flag("held").orElse(false);
    List<Holding> holders =
        fields
            .objects("holders", MAX_SHOWN, holder -> Holding.from(holder, name))
            .orElse(List.of());
    List<Waiter> waiters = fields.objects("waiters", MAX_SHOWN, Waiter::from).orElse(List.of());
    int waiting = fields.integer("waiting", 0, Integer.MAX_VALUE).orElse(0);
    long revision = fields.longInteger("storeRevision", 0, Long.MAX_VALUE).orElse(0L);
    return fields.build(
        () -> new LockState(name, held ? holders : List.of(), waiters, waiting, revision));
  }

  JsonObject toJson() {
    JsonArray holding = new JsonArray();
    for (Holding holder : holders) {
      JsonObject json = holder.toJson();
      json.remove("name");
      holding.add(json);
    }
    JsonArray waitingFor = new JsonArray();
    waiters.forEach(waiter -> waitingFor.add(waiter.toJson()));
    return new JsonObject()
        .put("name", name)
        .put("held", !holders.isEmpty())
        .put("holders", holding)
        .put("waiters", waitingFor)
        .put("waiting", waiting)
        .put("storeRevision", revision);
  }
}
