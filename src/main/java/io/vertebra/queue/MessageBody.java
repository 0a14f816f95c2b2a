package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.kv.Bytes;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Supplier;

/** The body of a message in JSON: {@code body} if it is text in UTF-8, else {@code bodyBase64}. */
final class MessageBody {
  /** Longest body that a node can be told to take. */
  static final int MAX_BYTES = 16 * 1024 * 1024;

  private MessageBody() {}

  static Supplier<Bytes> read(Fields fields) {
    Optional<byte[]> text = fields.utf8("body", 0, MAX_BYTES).about("The body as text.").optional();
    Optional<byte[]> bytes =
        fields.bytes("bodyBase64", 0, MAX_BYTES).about("Instead, as base64.").optional();
    return () -> {
      if (text.isPresent() && bytes.isPresent()) {
        throw Failure.invalid("/bodyBase64", "and body exclude each other");
      }
      return text.or(() -> bytes).map(Bytes::wrap).orElse(Bytes.EMPTY);
    };
  }

  static JsonObject write(Bytes body, JsonObject json) {
    return body.asText()
        .map(text -> json.put("body", text))
        .orElseGet(
            () -> json.put("bodyBase64", Base64.getEncoder().encodeToString(body.unsafeArray())));
  }

  /** The body of an answer. */
  static Bytes read(JsonObject json) {
    String text = json.getString("body");
    return text == null
        ? Bytes.wrap(Base64.getDecoder().decode(json.getString("bodyBase64")))
        : Bytes.utf8(text);
  }
}
