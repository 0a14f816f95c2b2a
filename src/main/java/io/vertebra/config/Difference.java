package io.vertebra.config;

import io.vertebra.kv.Bytes;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeSet;

/** What differs between two revisions of a namespace, by key. */
public record Difference(String namespace, long from, long to, List<Changed> changes) {
  private static final int MAX_TEXT = 2 << 20;

  /**
   * A key that differs.
   *
   * @param change {@code added}, {@code removed} or {@code changed}
   * @param text the difference in the unified format; empty for secrets and what is no text
   */
  public record Changed(String key, String change, boolean secret, Optional<String> text) {}

  public Difference {
    changes = List.copyOf(changes);
  }

  static Difference of(
      String namespace,
      long from,
      long to,
      NavigableMap<String, Entry> before,
      NavigableMap<String, Entry> after) {
    TreeSet<String> keys = new TreeSet<>(before.keySet());
    keys.addAll(after.keySet());
    List<Changed> changes = new ArrayList<>();
    int length = 0;
    for (String key : keys) {
      Optional<Entry> then = Optional.ofNullable(before.get(key));
      Optional<Entry> now = Optional.ofNullable(after.get(key));
      if (!isSame(then, now)) {
        Changed changed = changed(key, then, now, length < MAX_TEXT);
        length += changed.text().map(String::length).orElse(0);
        changes.add(changed);
      }
    }
    return new Difference(namespace, from, to, changes);
  }

  private static boolean isSame(Optional<Entry> then, Optional<Entry> now) {
    return then.isPresent()
        && now.isPresent()
        && then.get().value().equals(now.get().value())
        && then.get().mediaType().equals(now.get().mediaType());
  }

  private static Changed changed(
      String key, Optional<Entry> then, Optional<Entry> now, boolean told) {
    boolean secret = then.map(Entry::secret).orElse(false) || now.map(Entry::secret).orElse(false);
    String change = then.isEmpty() ? "added" : now.isEmpty() ? "removed" : "changed";
    Optional<String> before = then.map(Entry::value).orElse(Bytes.EMPTY).asText();
    Optional<String> after = now.map(Entry::value).orElse(Bytes.EMPTY).asText();
    boolean texts = told && !secret && before.isPresent() && after.isPresent();
    return new Changed(
        key,
        change,
        secret,
        texts
            ? Optional.of(TextDiff.unified(key, before.orElse(""), after.orElse("")))
            : Optional.empty());
  }

  /** All texts, one after the other. */
  public String text() {
    StringBuilder all = new StringBuilder();
    for (Changed each : changes) {
      String hidden = each.secret() ? "secret " : "binary ";
      all.append(each.text().orElse(hidden + each.key() + " " + each.change() + "\n"));
    }
    return all.toString();
  }

  JsonObject toJson() {
    JsonArray array = new JsonArray();
    for (Changed each : changes) {
      JsonObject json =
          new JsonObject()
              .put("key", each.key())
              .put("change", each.change())
              .put("secret", each.secret());
      each.text().ifPresent(text -> json.put("diff", text));
      array.add(json);
    }
    return new JsonObject()
        .put("namespace", namespace)
        .put("from", from)
        .put("to", to)
        .put("changes", array);
  }

  static Difference from(JsonObject json) {
    List<Changed> changes =
        json.getJsonArray("changes").stream()
            .map(JsonObject.class::cast)
            .map(
                each ->
                    new Changed(
                        each.getString("key"),
                        each.getString("change"),
                        each.getBoolean("secret"),
                        Optional.ofNullable(each.getString("diff"))))
            .toList();
    return new Difference(
        json.getString("namespace"), json.getLong("from"), json.getLong("to"), changes);
  }
}
