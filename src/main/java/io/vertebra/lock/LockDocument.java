package io.vertebra.lock;

import io.vertebra.api.Fields;
import io.vertebra.lock.LockQueue.Place;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/**
 * All there is of one lock, as backends without a log keep it: in one piece, which they replace by
 * the next one.
 *
 * @param holders in the order of their tokens
 * @param waiters in the order of their numbers
 * @param events of late, in order, at most {@value #MAX_EVENTS}
 * @param forgotten the revision up to which there may have been others
 */
record LockDocument(
    List<Held> holders, List<Waits> waiters, List<LockEvent> events, long forgotten) {
  static final int MAX_EVENTS = 64;
  static final LockDocument EMPTY = new LockDocument(List.of(), List.of(), List.of(), 0);

  LockDocument {
    holders = List.copyOf(holders);
    waiters = List.copyOf(waiters);
    events = List.copyOf(events);
  }

  /**
   * A holding.
   *
   * @param ticket the number of the place that was served; 0 for none
   * @param until when its lease ends, in ms since 1970 by the backend's clock
   */
  record Held(Holding holding, long ticket, long until) {}

  /**
   * A place in the queue.
   *
   * @param until when it is given up unless its node says that it still waits
   */
  record Waits(Place place, long until) {

    LockState.Waiter shown(int position) {
      return new LockState.Waiter(place.owner(), place.terms(), position, place.node());
    }
  }

  /** Whether nobody holds the lock or waits for it. */
  boolean isFree() {
    return holders.isEmpty() && waiters.isEmpty();
  }

  /** When the last lease or place ends unless renewed; 0 if there is none. */
  long lastUntil() {
    long last = 0;
    for (Held held : holders) {
      last = Math.max(last, held.until());
    }
    for (Waits waits : waiters) {
      last = Math.max(last, waits.until());
    }
    return last;
  }

  static LockDocument parse(String name, String text) {
    JsonObject json = new JsonObject(text);
    return new LockDocument(
        json.getJsonArray("holders").stream().map(it -> held(name, (JsonObject) it)).toList(),
        json.getJsonArray("waiters").stream().map(it -> waits((JsonObject) it)).toList(),
        json.getJsonArray("events").stream()
            .map(it -> LockEvent.from(Fields.of(((JsonObject) it).put("name", name))))
            .toList(),
        json.getLong("forgotten"));
  }

  String text() {
    JsonArray holding = new JsonArray();
    holders.forEach(held -> holding.add(json(held)));
    JsonArray waiting = new JsonArray();
    waiters.forEach(waits -> waiting.add(json(waits)));
    JsonArray told = new JsonArray();
    events.forEach(event -> told.add(unnamed(event.toJson())));
    return new JsonObject()
        .put("holders", holding)
        .put("waiters", waiting)
        .put("events", told)
        .put("forgotten", forgotten)
        .encode();
  }

  private static JsonObject json(Held held) {
    return new JsonObject()
        .put("holding", unnamed(held.holding().toJson()))
        .put("ticket", held.ticket())
        .put("until", held.until());
  }

  private static JsonObject unnamed(JsonObject json) {
    json.remove("name");
    return json;
  }

  private static Held held(String name, JsonObject json) {
    Holding holding = Holding.from(Fields.of(json.getJsonObject("holding")), name);
    return new Held(holding, json.getLong("ticket"), json.getLong("until"));
  }

  private static JsonObject json(Waits waits) {
    Place place = waits.place();
    return place
        .terms()
        .writeTo(new JsonObject().put("number", place.number()).put("owner", place.owner()))
        .put("leaseMs", place.lease().toMillis())
        .put("data", place.data())
        .put("node", place.node())
        .put("until", waits.until());
  }

  private static Waits waits(JsonObject json) {
    LockMode mode = LockMode.valueOf(json.getString("mode").toUpperCase(java.util.Locale.ROOT));
    Terms terms = new Terms(mode, json.getInteger("permits", 1), json.getInteger("capacity", 1));
    Place place =
        new Place(
            json.getLong("number"),
            json.getString("owner"),
            terms,
            Duration.ofMillis(json.getLong("leaseMs")),
            json.getString("data"),
            json.getString("node"),
            "");
    return new Waits(place, json.getLong("until"));
  }
}
