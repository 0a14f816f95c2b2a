package io.vertebra.config;

import io.vertebra.kv.Bytes;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.Optional;

/**
 * A key as a reader sees it.
 *
 * @param revision of the release that wrote it; tells one content of the key from every other
 * @param value empty if it is a secret that was not to be shown
 * @param gray the release to some that gives it; empty for the one to all
 */
public record Item(
    String key,
    long revision,
    String mediaType,
    boolean secret,
    Optional<Bytes> value,
    String gray) {

  /** The value as text; empty if it is none or not shown. */
  public Optional<String> text() {
    return value.flatMap(Bytes::asText);
  }

  static Item of(Namespace.Seen seen) {
    Entry entry = seen.entry();
    Optional<Bytes> value = entry.secret() ? Optional.empty() : Optional.of(entry.value());
    return new Item(
        entry.key(), entry.revision(), entry.mediaType(), entry.secret(), value, seen.gray());
  }

  Item showing(Bytes plain) {
    return new Item(key, revision, mediaType, secret, Optional.of(plain), gray);
  }

  JsonObject toJson() {
    JsonObject json = head();
    value.ifPresent(bytes -> Content.put(json, bytes));
    return json;
  }

  JsonObject head() {
    JsonObject json =
        new JsonObject()
            .put("key", key)
            .put("revision", revision)
            .put("mediaType", mediaType)
            .put("secret", secret);
    return gray.isEmpty() ? json : json.put("gray", gray);
  }

  static Item from(JsonObject json) {
    return new Item(
        json.getString("key"),
        json.getLong("revision"),
        json.getString("mediaType"),
        json.getBoolean("secret"),
        value(json),
        json.getString("gray", ""));
  }

  private static Optional<Bytes> value(JsonObject json) {
    String text = json.getString("text");
    String base64 = json.getString("value");
    if (text != null) {
      return Optional.of(Bytes.utf8(text));
    }
    return Optional.ofNullable(base64).map(it -> Bytes.wrap(Base64.getDecoder().decode(it)));
  }
}
