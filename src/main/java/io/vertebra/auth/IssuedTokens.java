package io.vertebra.auth;

import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * What a login gets.
 *
 * @param refreshToken empty for none
 * @param device proves at the next login that this device is known; empty for none
 */
public record IssuedTokens(
    String accessToken, Duration accessLife, String refreshToken, String device) {

  JsonObject toJson() {
    JsonObject json =
        new JsonObject()
            .put("accessToken", accessToken)
            .put("tokenType", "Bearer")
            .put("expiresInMs", accessLife.toMillis());
    if (!refreshToken.isEmpty()) {
      json.put("refreshToken", refreshToken);
    }
    return device.isEmpty() ? json : json.put("device", device);
  }

  static IssuedTokens from(JsonObject json) {
    return new IssuedTokens(
        json.getString("accessToken"),
        Duration.ofMillis(json.getLong("expiresInMs")),
        json.getString("refreshToken", ""),
        json.getString("device", ""));
  }

  /** As clients of OAuth 2.0 know it (RFC 6749 section 5.1). */
  JsonObject toOauth() {
    JsonObject json =
        new JsonObject()
            .put("access_token", accessToken)
            .put("token_type", "Bearer")
            .put("expires_in", accessLife.toSeconds());
    return refreshToken.isEmpty() ? json : json.put("refresh_token", refreshToken);
  }

  /** The tokens stay out of logs. */
  @Override
  public String toString() {
    return "IssuedTokens[accessLife=" + accessLife + "]";
  }
}
