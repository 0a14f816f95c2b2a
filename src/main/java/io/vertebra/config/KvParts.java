package io.vertebra.config;

import io.vertebra.kv.KvEntry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** A namespace as it is put together from its keys in the kv store. For one thread at a time. */
final class KvParts {
  private final String name;
  private final NavigableMap<String, Entry> entries = new TreeMap<>();
  private final Map<String, JsonObject> grays = new TreeMap<>();
  private final Map<String, NavigableMap<String, Optional<Entry>>> changes = new HashMap<>();
  private final NavigableMap<String, ValueRule> rules = new TreeMap<>();
  private JsonObject head = KvSteps.head(Namespace.none(""));
  private long version;

  KvParts(String name) {
    this.name = name;
  }

  void put(KvKeys.Part part, KvEntry entry) {
    switch (part.kind()) {
      case KvKeys.HEAD -> {
        head = new JsonObject(entry.value().toString());
        version = entry.modRevision();
      }
      case KvKeys.ENTRY -> entries.put(part.name(), Entry.decode(part.name(), entry.value()));
      case KvKeys.GRAY -> grays.put(part.name(), new JsonObject(entry.value().toString()));
      case KvKeys.GRAY_CHANGE ->
          changes
              .computeIfAbsent(part.first(), gray -> new TreeMap<>())
              .put(part.second(), KvSteps.change(part.second(), entry.value()));
      default -> rules.put(part.name(), ValueRule.from(new JsonObject(entry.value().toString())));
    }
  }

  void remove(KvKeys.Part part) {
    switch (part.kind()) {
      case KvKeys.HEAD -> version = 0;
      case KvKeys.ENTRY -> entries.remove(part.name());
      case KvKeys.GRAY -> grays.remove(part.name());
      case KvKeys.GRAY_CHANGE ->
          changes.getOrDefault(part.first(), new TreeMap<>()).remove(part.second());
      default -> rules.remove(part.name());
    }
  }

  Namespace build() {
    NavigableMap<String, Gray> all = new TreeMap<>();
    grays.forEach(
        (gray, json) ->
            all.put(gray, Gray.decode(gray, json, changes.getOrDefault(gray, new TreeMap<>()))));
    JsonArray done = head.getJsonArray("done");
    List<Done> requests = done.stream().map(JsonObject.class::cast).map(Done::from).toList();
    return new Namespace(
        name,
        version,
        head.getLong("revision"),
        version + 1,
        entries,
        all,
        rules,
        requests,
        Kept.from(head.getJsonObject("kept")));
  }
}
