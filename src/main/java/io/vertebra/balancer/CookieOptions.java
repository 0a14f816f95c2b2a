package io.vertebra.balancer;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Optional;

/**
 * The cookie that ties a client to one endpoint; attributes as in RFC 6265bis.
 *
 * @param name a token of RFC 9110, 1 to 100 characters
 * @param ttl how long the client keeps it, 1 s to 400 days, in whole seconds; absent: until the
 *     browser closes
 * @param secure only over HTTPS; default false
 * @param sameSite default lax; none needs {@code secure}
 */
public record CookieOptions(
    String name, Optional<Duration> ttl, boolean secure, SameSite sameSite) {

  /** Which requests from other sites carry the cookie. */
  public enum SameSite {
    LAX,
    STRICT,
    NONE
  }

  private static final long MAX_TTL_MS = Duration.ofDays(400).toMillis();
  private static final String TOKEN = "[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}";
  private static final String NAME_RULE = "must be a token of RFC 9110";

  public CookieOptions {
    Rules.length("/name", name, 1, 100);
    Rules.require(name.matches(TOKEN), "/name", NAME_RULE);
    ttl.ifPresent(time -> Rules.millis("/ttlMs", time, 1000, MAX_TTL_MS));
    Rules.require(
        secure || sameSite != SameSite.NONE, "/sameSite", "must not be none unless secure is true");
  }

  public static CookieOptions from(Fields fields) {
    String name =
        fields
            .text("name", 1, 100)
            .about("Name of the cookie.")
            .matching(text -> text.matches(TOKEN), NAME_RULE)
            .required();
    Optional<Duration> ttl =
        fields
            .millis("ttlMs", 1000, MAX_TTL_MS)
            .about("How long a client keeps it; absent: until the browser closes.")
            .optional();
    boolean secure = fields.flag("secure").about("Only over HTTPS.").orElse(false);
    SameSite sameSite =
        fields
            .choice("sameSite", SameSite.class)
            .about("Which requests from other sites carry it.")
            .orElse(SameSite.LAX);
    return fields.build(() -> new CookieOptions(name, ttl, secure, sameSite));
  }

  public JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("name", name)
            .put("secure", secure)
            .put("sameSite", Fields.word(sameSite));
    ttl.ifPresent(time -> json.put("ttlMs", time.toMillis()));
    return json;
  }
}
