package io.vertebra.balancer;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One version of an upstream in use, shared by all event loops. Picking reads an immutable view,
 * which is made anew only after something changed. Safe for any thread.
 *
 * <p>With ten endpoints a pick takes 30 to 250 ns. Making a new version takes up to some 60 ms with
 * 1000 endpoints and a policy that builds a table, so with that many do it on a worker.
 */
public final class LiveUpstream {
  private final Upstream definition;
  private final Fleet fleet;
  private final List<LiveEndpoint> endpoints;
  private final Map<String, Integer> indexes;
  private final Picker picker;
  private final RetryBudget retryBudget;
  private final LongAdder panics;
  private volatile View view;

  /**
   * An upstream nobody used yet.
   *
   * @param nanoTime a monotonic clock
   * @param clock the wall clock, only to show times to people
   */
  public LiveUpstream(Upstream definition, LongSupplier nanoTime, Clock clock) {
    this(
        definition,
        new Fleet(definition, nanoTime, clock),
        Map.of(),
        Pickers.of(definition),
        new RetryBudget(definition.retry(), nanoTime),
        new LongAdder(),
        nanoTime.getAsLong() - SlowStart.MAX_WINDOW.toNanos());
  }

  /**
   * @param known endpoints to keep, by id
   * @param availableSince for those that are new
   */
  private LiveUpstream(
      Upstream definition,
      Fleet fleet,
      Map<String, LiveEndpoint> known,
      Picker picker,
      RetryBudget retryBudget,
      LongAdder panics,
      long availableSince) {
    this.definition = definition;
    this.fleet = fleet;
    this.picker = picker;
    this.retryBudget = retryBudget;
    this.panics = panics;
    this.indexes = new HashMap<>();
    List<LiveEndpoint> live = new ArrayList<>();
    for (Endpoint endpoint : definition.endpoints()) {
      indexes.put(endpoint.id(), live.size());
      LiveEndpoint kept = known.get(endpoint.id());
      live.add(kept != null ? kept : new LiveEndpoint(endpoint, fleet, availableSince));
    }
    this.endpoints = List.copyOf(live);
    fleet.redefine(definition, endpoints);
    this.view = View.of(definition, endpoints, fleet.changes(), fleet.now());
  }

  /**
   * The next version. Endpoints that stay are the same objects, with all they know; new ones start
   * slowly if so defined. The older version may finish what it does, but its endpoints follow the
   * new definition from now on, so nothing new should be picked from it.
   */
  public LiveUpstream updatedTo(Upstream newDefinition) {
    Map<String, LiveEndpoint> known = new HashMap<>();
    endpoints.forEach(endpoint -> known.put(endpoint.id(), endpoint));
    LiveUpstream updated =
        new LiveUpstream(
            newDefinition,
            fleet,
            known,
            Pickers.sameFor(definition, newDefinition) ? picker : Pickers.of(newDefinition),
            retryBudget.options().equals(newDefinition.retry())
                ? retryBudget
                : new RetryBudget(newDefinition.retry(), fleet.nanoTime()),
            panics,
            fleet.now());
    for (Endpoint endpoint : newDefinition.endpoints()) {
      LiveEndpoint kept = known.get(endpoint.id());
      if (kept != null) {
        kept.redefine(endpoint);
      }
    }
    fleet.changed();
    return updated;
  }

  public Upstream definition() {
    return definition;
  }

  /** In the order of the definition. */
  public List<LiveEndpoint> endpoints() {
    return endpoints;
  }

  /**
   * Picks an endpoint for one attempt; whoever picks begins and ends it.
   *
   * @param hash of the request's key, for the hashing policies
   * @param tried endpoints not to pick again; allocates unless it is empty
   * @return null when none is left
   */
  public @Nullable LiveEndpoint pick(long hash, List<LiveEndpoint> tried) {
    long now = fleet.now();
    View current = view(now);
    View open = tried.isEmpty() ? current : current.without(tried, endpoints);
    if (open.size() == 0) {
      return null;
    }
    if (open.panic()) {
      panics.increment();
    }
    return picker.pick(open, hash, now);
  }

  /** The endpoint of that id if it may be picked now; null else. */
  public @Nullable LiveEndpoint find(String id) {
    Integer index = indexes.get(id);
    if (index == null || view(fleet.now()).position(index) < 0) {
      return null;
    }
    return endpoints.get(index);
  }

  public RetryBudget retryBudget() {
    return retryBudget;
  }

  /** How often one was picked although none should have been, over all versions. */
  public long panics() {
    return panics.sum();
  }

  /** Whom {@link #pick} would choose now and why not the others; changes nothing. */
  public JsonObject explain(long hash) {
    long now = fleet.now();
    return Explanation.of(
        definition, endpoints, View.of(definition, endpoints, 0, now), picker, hash, fleet);
  }

  /** The state of all endpoints, for people and tools. */
  public JsonObject toJson() {
    View current = view(fleet.now());
    return new JsonObject()
        .put("name", definition.name())
        .put("policy", Fields.word(definition.balancing().policy()))
        .put("eligible", current.size())
        .put("panic", current.size() > 0 && current.panic())
        .put("panics", panics())
        .put("retriesLeft", retryBudget.available())
        .put("endpoints", new JsonArray(endpoints.stream().map(LiveEndpoint::toJson).toList()));
  }

  private View view(long now) {
    View current = view;
    long newest = fleet.changes();
    if (current.isCurrent(newest, now)) {
      return current;
    }
    View next = View.of(definition, endpoints, newest, now);
    view = next;
    return next;
  }
}
