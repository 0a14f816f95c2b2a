package io.vertebra.auth.token;

import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;

/** Makes tokens of any form, as an issuer or a forger would. */
public final class Forge {
  private Forge() {}

  public static SigningKey key(String id, Algorithm algorithm) {
    return SigningKey.generate(id, algorithm, new SecureRandom());
  }

  public static String sign(SigningKey key, String type, JsonObject claims) {
    JsonObject header =
        new JsonObject()
            .put("alg", key.publicKey().algorithm().jose())
            .put("typ", type)
            .put("kid", key.publicKey().id());
    return key.sign(header, claims);
  }
}
