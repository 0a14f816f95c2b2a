package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.webhook.WebhookGuard;
import io.vertebra.webhook.WebhookSignature;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A server that messages are posted to.
 *
 * @param url of http or https, at most 2,048 characters
 * @param format of what is posted
 * @param headers that go along, at most 50; those of the format and of the protocol cannot be among
 *     them
 * @param secret by which posts are signed: {@code whsec_} and 24 to 64 bytes in base64; or the same
 *     encrypted, with {@value #SEALED} before it
 */
public record Webhook(
    String url,
    StreamMessages.Format format,
    Map<String, String> headers,
    Optional<String> secret) {
  static final String SEALED = "sealed:";
  private static final int MAX_URL = 2_048;
  private static final int MAX_SECRET = 400;
  private static final int MAX_HEADERS = 50;
  private static final int MAX_HEADER = 4_096;
  private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");
  private static final String TYPE = "content-type";
  private static final List<String> PREFIXES = List.of("webhook-", "ce-");

  public Webhook {
    headers = Map.copyOf(headers);
    URI unused = WebhookGuard.url(url, "/url");
    headers.forEach(Webhook::check);
    if (secret
        .filter(text -> !text.startsWith(SEALED) && !WebhookSignature.isSecret(text))
        .isPresent()) {
      throw Failure.invalid("/secret", WebhookSignature.RULE);
    }
  }

  private static void check(String name, String value) {
    String lower = name.toLowerCase(Locale.ROOT);
    boolean plain = value.chars().allMatch(c -> c >= ' ' && c != 127 && c < 256);
    if (!NAME.matcher(name).matches() || !plain) {
      throw Failure.invalid("/headers", "must have names and values that HTTP allows");
    }
    boolean ours = lower.equals(TYPE) || PREFIXES.stream().anyMatch(lower::startsWith);
    if (ours || WebhookGuard.isOfProtocol(lower)) {
      throw Failure.invalid("/headers", "must not have " + lower + ", which is set here");
    }
  }

  /** Empty if no URL is given. */
  static Optional<Supply> reading(Fields fields) {
    Optional<String> url =
        fields.text("url", 1, MAX_URL).about("Where messages are posted to instead.").optional();
    StreamMessages.Format format = StreamMessages.format(fields);
    Map<String, String> headers =
        fields
            .textMap("headers", MAX_HEADERS, MAX_HEADER)
            .about("Headers that go along, for everybody to see.")
            .orElse(Map.of());
    Optional<String> secret =
        fields
            .text("secret", 1, MAX_SECRET)
            .secret()
            .about("Signs what is posted: whsec_ and 24 to 64 bytes in base64.")
            .optional();
    return url.map(given -> () -> new Webhook(given, format, headers, secret));
  }

  /** Makes the webhook once all fields were read. */
  interface Supply {
    Webhook get();
  }

  URI uri() {
    return WebhookGuard.url(url, "/url");
  }

  Webhook with(Optional<String> other) {
    return new Webhook(url, format, headers, other);
  }

  /** Adds the fields, the secret as it is. */
  JsonObject write(JsonObject json) {
    json.put("url", url)
        .put("format", Fields.word(format))
        .put("headers", new JsonObject(new LinkedHashMap<>(headers)));
    secret.ifPresent(text -> json.put("secret", text));
    return json;
  }

  /** The secret stays out of logs. */
  @Override
  public String toString() {
    return "Webhook[" + url + "]";
  }
}
