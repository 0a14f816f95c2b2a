package io.vertebra.route;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.Function;

/**
 * A part of a list, in the order of names.
 *
 * @param cursor where the next part begins; empty at the end
 * @param revision of the snapshot this was read from
 */
public record Page<T>(List<Entry<T>> items, Optional<String> cursor, long revision) {

  public Page {
    items = List.copyOf(items);
  }

  static <T> Page<T> of(
      NavigableMap<String, Entry<T>> entries, PageRequest request, long revision) {
    NavigableMap<String, Entry<T>> rest =
        request.after().map(name -> entries.tailMap(name, false)).orElse(entries);
    List<Entry<T>> items = rest.values().stream().limit(request.limit()).toList();
    Optional<String> cursor =
        items.size() < rest.size()
            ? Optional.of(PageRequest.cursorAfter(items.get(items.size() - 1).name()))
            : Optional.empty();
    return new Page<>(items, cursor, revision);
  }

  JsonObject toJson(Function<T, JsonObject> encoder) {
    JsonArray array = new JsonArray();
    items.forEach(item -> array.add(item.toJson(encoder)));
    JsonObject json = new JsonObject().put("items", array).put("revision", revision);
    cursor.ifPresent(value -> json.put("cursor", value));
    return json;
  }

  static <T> Page<T> from(JsonObject json, Function<Fields, T> reader) {
    JsonArray array = json.getJsonArray("items");
    return new Page<>(
        array.stream().map(item -> Entry.from((JsonObject) item, reader)).toList(),
        Optional.ofNullable(json.getString("cursor")),
        json.getLong("revision"));
  }
}
