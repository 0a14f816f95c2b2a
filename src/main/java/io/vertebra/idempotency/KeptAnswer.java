package io.vertebra.idempotency;

import io.vertebra.api.Fields;
import io.vertebra.kv.Bytes;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The answer to work.
 *
 * @param status as in HTTP, 100 to 599
 * @param headers those worth keeping, at most 64
 * @param body JSON {@code body} in base64
 */
public record KeptAnswer(int status, Map<String, String> headers, Bytes body) {
  private static final int MAX_HEADERS = 64;
  private static final int MAX_HEADER_LENGTH = 2048;

  public KeptAnswer {
    headers = Map.copyOf(headers);
  }

  static Supplier<KeptAnswer> reading(Fields fields) {
    int status = fields.integer("status", 100, 599).orElse(200);
    Map<String, String> headers =
        fields.textMap("headers", MAX_HEADERS, MAX_HEADER_LENGTH).orElse(Map.of());
    byte[] body = fields.bytes("body", 0, IdempotencyOptions.MAX_BODY_BYTES).orElse(new byte[0]);
    return () -> new KeptAnswer(status, headers, Bytes.wrap(body));
  }

  static KeptAnswer from(JsonObject json) {
    return new KeptAnswer(
        json.getInteger("status"),
        json.getJsonObject("headers").stream()
            .collect(Collectors.toMap(Map.Entry::getKey, entry -> (String) entry.getValue())),
        Bytes.wrap(Base64.getDecoder().decode(json.getString("body"))));
  }

  JsonObject writeTo(JsonObject json) {
    JsonObject fields = new JsonObject();
    headers.forEach(fields::put);
    return json.put("status", status)
        .put("headers", fields)
        .put("body", Base64.getEncoder().encodeToString(body.unsafeArray()));
  }
}
