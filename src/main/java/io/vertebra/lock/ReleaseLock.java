package io.vertebra.lock;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Gives a lock back.
 *
 * @param token that the owner must hold; empty for whichever
 */
public record ReleaseLock(String name, String owner, OptionalLong token) {

  public ReleaseLock {
    LockNames.require("/name", name);
    LockNames.require("/owner", owner);
    if (token.isPresent() && token.getAsLong() < 1) {
      throw Failure.invalid("/token", "must be at least 1");
    }
  }

  /** Gives back what was granted with a token. */
  public static ReleaseLock of(String name, String owner, long token) {
    return new ReleaseLock(name, owner, OptionalLong.of(token));
  }

  static ReleaseLock from(Fields fields) {
    String name = LockNames.read(fields, "name").required();
    String owner = LockNames.read(fields, "owner").required();
    OptionalLong token = token(fields);
    return fields.build(() -> new ReleaseLock(name, owner, token));
  }

  static OptionalLong token(Fields fields) {
    Optional<Long> token =
        fields
            .longInteger("token", 1, Long.MAX_VALUE)
            .about("The token that the owner must hold; none for whichever.")
            .optional();
    return token.map(OptionalLong::of).orElse(OptionalLong.empty());
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("name", name).put("owner", owner);
    token.ifPresent(number -> json.put("token", number));
    return json;
  }
}
