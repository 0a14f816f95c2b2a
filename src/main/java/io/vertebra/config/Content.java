package io.vertebra.config;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.kv.Bytes;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What a key is to hold.
 *
 * @param value at most {@value #MAX_BYTES} bytes
 * @param mediaType as in {@code text/plain}
 * @param secret whether it is stored encrypted and hidden
 */
public record Content(Bytes value, String mediaType, boolean secret) {
  /** A KiB below the longest value of the store, for what stands beside a value. */
  public static final int MAX_BYTES = 511 * 1024;

  private static final Pattern MEDIA_TYPE =
      Pattern.compile("[\\w.+-]{1,60}/[\\w.+*-]{1,60}(; ?[\\w.-]{1,20}=[\\w.-]{1,40})?");
  private static final String BYTES = "application/octet-stream";

  public Content {
    Names.require(value.length() <= MAX_BYTES, "/value", "must have at most 511 KiB");
    Names.require(MEDIA_TYPE.matcher(mediaType).matches(), "/mediaType", "must be a media type");
  }

  /** A text whose media type follows from its key. */
  public static Content text(String key, String text) {
    return of(key, Bytes.utf8(text));
  }

  /** Bytes whose media type follows from their key, or from whether they are text. */
  public static Content of(String key, Bytes value) {
    return new Content(value, mediaType(key, value), false);
  }

  /** Encrypted and hidden. */
  public Content asSecret() {
    return new Content(value, mediaType, true);
  }

  /** Reads its fields beside others; empty if there is no value. */
  static Function<String, Optional<Content>> reading(Fields fields) {
    Optional<byte[]> bytes =
        fields.bytes("value", 0, MAX_BYTES).about("The value, as base64.").optional();
    Optional<byte[]> text =
        fields.utf8("text", 0, MAX_BYTES).about("The value instead, as text.").optional();
    Optional<String> type =
        fields
            .text("mediaType", 3, 200)
            .matching(given -> MEDIA_TYPE.matcher(given).matches(), "must be a media type")
            .about("What the value is; else it follows from the end of the key.")
            .optional();
    boolean secret =
        fields.flag("secret").about("Whether to encrypt and hide the value.").orElse(false);
    return key -> {
      if (bytes.isPresent() && text.isPresent()) {
        throw Failure.invalid("/text", "and value exclude each other");
      }
      return bytes
          .or(() -> text)
          .map(Bytes::wrap)
          .map(value -> new Content(value, type.orElseGet(() -> mediaType(key, value)), secret));
    };
  }

  /** The fields that {@link #reading} reads. */
  JsonObject writeTo(JsonObject json) {
    put(json, value);
    return json.put("mediaType", mediaType).put("secret", secret);
  }

  /** Writes a value as text if it is one, else as base64. */
  static void put(JsonObject json, Bytes value) {
    value
        .asText()
        .ifPresentOrElse(text -> json.put("text", text), () -> json.put("value", base64(value)));
  }

  static String base64(Bytes value) {
    return Base64.getEncoder().encodeToString(value.unsafeArray());
  }

  static String mediaType(String key, Bytes value) {
    String end = key.substring(key.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    return switch (end) {
      case "json" -> "application/json";
      case "yaml", "yml" -> "application/yaml";
      case "properties" -> "text/x-java-properties";
      case "xml" -> "application/xml";
      case "html" -> "text/html";
      case "toml" -> "application/toml";
      default -> value.asText().isPresent() ? "text/plain" : BYTES;
    };
  }
}
