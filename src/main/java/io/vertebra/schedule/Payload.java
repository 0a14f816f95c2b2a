package io.vertebra.schedule;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.kv.Bytes;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What the target is given.
 *
 * @param bytes at most {@value #MAX_BYTES}
 * @param isJson whether they are a JSON object; JSON {@code payload}, else {@code payloadBytes}
 */
public record Payload(Bytes bytes, boolean isJson) {
  public static final int MAX_BYTES = 65_536;
  static final Payload NONE = new Payload(Bytes.EMPTY, false);

  static Supplier<Payload> reading(Fields fields) {
    Optional<JsonObject> json =
        fields.json("payload").about("What the target is given, at most 64 KiB.").optional();
    Optional<byte[]> bytes =
        fields.bytes("payloadBytes", 0, MAX_BYTES).about("The same if it is no JSON.").optional();
    return () -> of(json, bytes);
  }

  private static Payload of(Optional<JsonObject> json, Optional<byte[]> bytes) {
    if (json.isPresent() && bytes.isPresent()) {
      throw Failure.invalid("/payloadBytes", "does not go with payload");
    }
    if (json.isEmpty()) {
      return bytes.map(given -> new Payload(Bytes.of(given), false)).orElse(NONE);
    }
    Bytes encoded = Bytes.utf8(json.get().encode());
    if (encoded.length() > MAX_BYTES) {
      throw Failure.invalid("/payload", "must have at most " + MAX_BYTES + " bytes");
    }
    return new Payload(encoded, true);
  }

  /** What the bytes are. */
  String type() {
    return isJson ? "application/json" : "application/octet-stream";
  }

  void writeTo(JsonObject json) {
    if (isJson) {
      json.put("payload", new JsonObject(bytes.toString()));
    } else if (!bytes.isEmpty()) {
      json.put("payloadBytes", Base64.getEncoder().encodeToString(bytes.toArray()));
    }
  }
}
