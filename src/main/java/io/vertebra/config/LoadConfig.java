package io.vertebra.config;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.kv.Bytes;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Asks for a namespace to hold what was exported, or is in a directory.
 *
 * @param contents by key, in its order, so that the same request is known by its text everywhere;
 *     empty for a key that stays as it is, as secrets do that were exported
 * @param replace whether other keys go
 */
public record LoadConfig(
    String namespace, Map<String, Optional<Content>> contents, boolean replace, Terms terms) {
  static final int MAX = 10_000;
  private static final int MAX_TAR = 8 << 20;

  public LoadConfig {
    Names.requireWord("/namespace", namespace);
    contents.keySet().forEach(key -> Names.requireKey("/items", key));
    contents = Collections.unmodifiableMap(new TreeMap<>(contents));
  }

  static LoadConfig from(Fields fields) {
    String namespace = Names.namespace(fields).required();
    Optional<List<Map.Entry<String, Optional<Content>>>> items =
        fields
            .objects("items", MAX, LoadConfig::item)
            .about("The keys; one without a value stays as it is.")
            .optional();
    Optional<byte[]> tar =
        fields.bytes("tar", 0, MAX_TAR).about("Instead, a tar archive of files.").optional();
    boolean replace = fields.flag("replace").about("Whether other keys go.").orElse(false);
    Supplier<Terms> terms = Terms.reading(fields);
    return fields.build(
        () -> {
          if (items.isPresent() == tar.isPresent()) {
            throw Failure.invalid("/items", "or tar must be there, and one of them");
          }
          Map<String, Optional<Content>> contents = new LinkedHashMap<>();
          items.ifPresent(all -> all.forEach(it -> contents.put(it.getKey(), it.getValue())));
          tar.ifPresent(bytes -> contents.putAll(ofFiles(TarFiles.read(Bytes.wrap(bytes)))));
          return new LoadConfig(namespace, contents, replace, terms.get());
        });
  }

  static Map<String, Optional<Content>> ofFiles(Map<String, Bytes> files) {
    Map<String, Optional<Content>> contents = new LinkedHashMap<>();
    files.forEach((key, bytes) -> contents.put(key, Optional.of(Content.of(key, bytes))));
    return contents;
  }

  /** What an item of a view says, of which some is of no matter here. */
  private static Map.Entry<String, Optional<Content>> item(Fields fields) {
    String key = Names.key(fields).required();
    Function<String, Optional<Content>> content = Content.reading(fields);
    Optional<Long> unused = fields.longInteger("revision", 0, Long.MAX_VALUE).optional();
    return fields.build(() -> Map.entry(key, content.apply(key)));
  }

  JsonObject toJson() {
    JsonArray items = new JsonArray();
    contents.forEach(
        (key, content) -> {
          JsonObject named = new JsonObject().put("key", key);
          items.add(content.map(it -> it.writeTo(named)).orElse(named));
        });
    JsonObject json = new JsonObject().put("namespace", namespace).put("items", items);
    return terms.writeTo(json.put("replace", replace));
  }
}
