package io.vertebra.gateway.token;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.auth.token.Claims;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.pointer.JsonPointer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Tells upstreams what a token claims. A value is ASCII without control characters; whatever else
 * there is, and each {@code %} and comma of a text, is percent-encoded as UTF-8, so that a comma
 * always stands between two values of a list.
 *
 * @param claims the claim of each header; one that begins with a slash is a JSON Pointer (RFC 6901)
 */
public record ClaimHeaders(Map<String, String> claims) {
  /** Nothing is told. */
  public static final ClaimHeaders NONE = new ClaimHeaders(Map.of());

  private static final int MAX_LENGTH = 4096;

  public ClaimHeaders {
    claims = Map.copyOf(claims);
  }

  /**
   * Whether a field of this name is never passed on from a client. All signs count as the same, for
   * to some servers they are.
   */
  public boolean withholds(String name) {
    for (String header : claims.keySet()) {
      if (isSame(header, name)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isSame(String header, String name) {
    if (header.length() != name.length()) {
      return false;
    }
    for (int i = 0; i < header.length(); i++) {
      if (plain(header.charAt(i)) != plain(name.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static char plain(char c) {
    if (c >= 'A' && c <= 'Z') {
      return (char) (c + 'a' - 'A');
    }
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ? c : '-';
  }

  /**
   * The headers to set; none for a claim that is not there.
   *
   * @throws Failure {@code FORBIDDEN} if one is longer than a header may be
   */
  public Map<String, String> of(Claims token) {
    Map<String, String> headers = new LinkedHashMap<>();
    claims.forEach(
        (header, claim) -> {
          String text = text(token, claim);
          if (text.length() > MAX_LENGTH) {
            throw new Failure(FailureCode.FORBIDDEN, "the claim " + claim + " is too long");
          }
          if (!text.isEmpty()) {
            headers.put(header, text);
          }
        });
    return headers;
  }

  /** A claim as it stands in a header; empty if it is not there, or is an object. */
  public static String text(Claims token, String claim) {
    Object value =
        claim.startsWith("/")
            ? JsonPointer.from(claim).queryJson(token.all())
            : token.all().getValue(claim);
    List<?> values =
        value instanceof JsonArray list
            ? list.getList()
            : value == null ? List.of() : List.of(value);
    return values.stream()
        .filter(each -> each instanceof String || each instanceof Number || each instanceof Boolean)
        .map(each -> encoded(each.toString()))
        .filter(each -> !each.isEmpty())
        .collect(Collectors.joining(","));
  }

  private static String encoded(String text) {
    StringBuilder encoded = new StringBuilder(text.length());
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i++) {
      char c = (char) (bytes[i] & 0xff);
      boolean outside = i == 0 || i == bytes.length - 1;
      boolean visible = c > ' ' && c < 0x7f && c != '%' && c != ',';
      if (visible || (c == ' ' && !outside)) {
        encoded.append(c);
      } else {
        encoded.append('%').append("%02X".formatted((int) c));
      }
    }
    return encoded.toString();
  }
}
