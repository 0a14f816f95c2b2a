package io.vertebra.auth.token;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * What a token that passed says.
 *
 * @param subject whom it is about
 * @param expiresAt when it ends
 * @param all of it, which nobody may change
 */
public record Claims(String subject, Instant expiresAt, JsonObject all) {

  /** A claim as text; empty if it is none. */
  public String text(String name) {
    return all.getValue(name) instanceof String text ? text : "";
  }

  /** A claim that is a list of texts; others in it are left out. */
  public List<String> texts(String name) {
    return all.getValue(name) instanceof JsonArray list
        ? list.stream().filter(String.class::isInstance).map(String.class::cast).toList()
        : List.of();
  }

  /** The scopes (RFC 8693 section 4.2), or {@code scp} as some issuers write them. */
  public Set<String> scopes() {
    String scope = text("scope").isEmpty() ? text("scp") : text("scope");
    return scope.isEmpty() ? Set.copyOf(texts("scp")) : Set.of(scope.trim().split(" +", -1));
  }

  /** When it was issued, in ms since 1970. */
  public long issuedAtMs() {
    return all.getValue("iat") instanceof Number seconds ? seconds.longValue() * 1000 : 0;
  }
}
