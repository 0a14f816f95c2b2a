package io.vertebra.limiter;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * How the requests of one key are told from those of others. Requests that lack a part share a key.
 *
 * @param parts whose values together are the key; at most 8, none for one key for all
 * @param ipv4Prefix bits of an IPv4 client's address that count, 0 to 32, default 32
 * @param ipv6Prefix the same for IPv6, 0 to 128; default 64, since one customer has so many
 */
public record PolicyKey(List<KeyPart> parts, int ipv4Prefix, int ipv6Prefix) {
  /** One key for all requests. */
  public static final PolicyKey ALL = new PolicyKey(List.of(), 32, 64);

  private static final int MOST_PARTS = 8;

  /** Longer keys are kept as their hash, so that no header can fill the memory. */
  private static final int MOST_LENGTH = 80;

  public PolicyKey {
    parts = List.copyOf(parts);
  }

  static PolicyKey from(Fields fields) {
    List<String> parts =
        fields
            .texts("parts", MOST_PARTS, KeyPart.MOST_LENGTH)
            .about(
                "What tells keys apart: client, route, apiKey, header:NAME, cookie:NAME,"
                    + " claim:NAME, field:NAME, literal:TEXT.")
            .orElse(List.of());
    int ipv4 = fields.integer("ipv4Prefix", 0, 32).about("Bits of a client that count.").orElse(32);
    int ipv6 =
        fields.integer("ipv6Prefix", 0, 128).about("Bits of a client that count.").orElse(64);
    return fields.build(() -> new PolicyKey(parts(parts), ipv4, ipv6));
  }

  private static List<KeyPart> parts(List<String> texts) {
    List<KeyPart> parts = new ArrayList<>();
    for (String text : texts) {
      parts.add(KeyPart.of(text, "/parts/" + parts.size()));
    }
    return parts;
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("parts", new JsonArray(parts.stream().map(KeyPart::toString).toList()))
        .put("ipv4Prefix", ipv4Prefix)
        .put("ipv6Prefix", ipv6Prefix);
  }

  /** The value of one part of a request. */
  String value(KeyPart part, KeyFields fields) {
    return switch (part.kind()) {
      case LITERAL -> part.name();
      case CLIENT -> AddressBlock.around(fields.value(part), ipv4Prefix, ipv6Prefix);
      default -> fields.value(part);
    };
  }

  /**
   * The key of a request: no two different ones have the same.
   *
   * @param policy whose keys these are; has no slash
   */
  String of(String policy, KeyFields fields) {
    StringBuilder key = new StringBuilder();
    for (KeyPart part : parts) {
      String value = value(part, fields);
      key.append('/').append(value.replace("%", "%25").replace("/", "%2F"));
    }
    return policy + (key.length() <= MOST_LENGTH ? key : "//" + hash(key.toString()));
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
