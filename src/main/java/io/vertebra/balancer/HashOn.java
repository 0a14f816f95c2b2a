package io.vertebra.balancer;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;

/**
 * What of a request the hashing policies keep together.
 *
 * @param source where the key comes from; default client
 * @param name of the header or cookie, 1 to 200 characters; empty for the other sources
 */
public record HashOn(Source source, String name) {

  /** {@code CLIENT} is the address of the client. */
  public enum Source {
    HOST,
    PATH,
    HEADER,
    COOKIE,
    CLIENT
  }

  static final HashOn DEFAULT = new HashOn(Source.CLIENT, "");

  public HashOn {
    Rules.length("/name", name, 0, 200);
    boolean named = source == Source.HEADER || source == Source.COOKIE;
    Rules.require(
        named != name.isEmpty(), "/name", "must be given for header and cookie, and only there");
  }

  public static HashOn from(Fields fields) {
    Source source =
        fields
            .choice("source", Source.class)
            .about("What of the request is hashed.")
            .orElse(DEFAULT.source);
    String name = fields.text("name", 0, 200).about("Of the header or cookie.").orElse("");
    return fields.build(() -> new HashOn(source, name));
  }

  public JsonObject toJson() {
    return new JsonObject().put("source", Fields.word(source)).put("name", name);
  }
}
