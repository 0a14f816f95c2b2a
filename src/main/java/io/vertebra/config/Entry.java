package io.vertebra.config;

import io.vertebra.kv.Bytes;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A key as it is kept.
 *
 * @param revision of the release that wrote it
 * @param value encrypted if it is a secret
 */
record Entry(String key, long revision, String mediaType, boolean secret, Bytes value) {

  /** One line of JSON, then the value. */
  Bytes encode() {
    JsonObject head = new JsonObject().put("revision", revision).put("mediaType", mediaType);
    if (secret) {
      head.put("secret", true);
    }
    return Bytes.utf8(head.encode() + "\n").plus(value);
  }

  static Entry decode(String key, Bytes encoded) {
    byte[] all = encoded.unsafeArray();
    int end = 0;
    while (all[end] != '\n') {
      end++;
    }
    JsonObject head = new JsonObject(new String(all, 0, end, StandardCharsets.UTF_8));
    return new Entry(
        key,
        head.getLong("revision"),
        head.getString("mediaType"),
        head.getBoolean("secret", false),
        Bytes.wrap(Arrays.copyOfRange(all, end + 1, all.length)));
  }
}
