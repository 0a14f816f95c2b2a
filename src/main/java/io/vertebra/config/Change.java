package io.vertebra.config;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * What becomes of a key.
 *
 * @param content what it is to hold; empty if it is to go
 * @param ifRevision revision that the key must be at; 0 if it must not be there; empty for any
 */
public record Change(String key, Optional<Content> content, Optional<Long> ifRevision) {
  /** Most of one release. */
  static final int MAX = 126;

  public Change {
    Names.requireKey("/key", key);
  }

  /** That a key is to hold a text. */
  public static Change put(String key, String text) {
    return put(key, Content.text(key, text));
  }

  public static Change put(String key, Content content) {
    return new Change(key, Optional.of(content), Optional.empty());
  }

  public static Change delete(String key) {
    return new Change(key, Optional.empty(), Optional.empty());
  }

  public Change at(long revision) {
    return new Change(key, content, Optional.of(revision));
  }

  static Change from(Fields fields) {
    String key = Names.key(fields).required();
    Function<String, Optional<Content>> content = Content.reading(fields);
    boolean delete = fields.flag("delete").about("Whether the key is to go.").orElse(false);
    Optional<Long> ifRevision =
        fields
            .longInteger("ifRevision", 0, Long.MAX_VALUE)
            .about("The revision that the key must be at; 0 if it must not be there.")
            .optional();
    return fields.build(
        () -> {
          Optional<Content> wanted = content.apply(key);
          if (delete == wanted.isPresent()) {
            throw Failure.invalid("", "must have a value, a text or delete, and one of them");
          }
          return new Change(key, wanted, ifRevision);
        });
  }

  static List<Change> list(Fields fields) {
    return fields
        .objects("changes", MAX, Change::from)
        .matching(list -> !list.isEmpty(), "must not be empty")
        .matching(Change::differ, "must have each key once")
        .about("What becomes of each key.")
        .required();
  }

  static boolean differ(List<Change> changes) {
    Set<String> keys = new HashSet<>();
    return changes.stream().allMatch(change -> keys.add(change.key()));
  }

  static JsonArray toJson(List<Change> changes) {
    JsonArray array = new JsonArray();
    for (Change change : changes) {
      JsonObject named = new JsonObject().put("key", change.key());
      JsonObject json =
          change.content().map(it -> it.writeTo(named)).orElseGet(() -> named.put("delete", true));
      change.ifRevision().ifPresent(revision -> json.put("ifRevision", revision));
      array.add(json);
    }
    return array;
  }
}
