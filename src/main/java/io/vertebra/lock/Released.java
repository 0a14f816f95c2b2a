package io.vertebra.lock;

import io.vertx.core.json.JsonObject;

/**
 * What giving back did.
 *
 * @param released whether the owner held the lock
 * @param holds how often it still holds it; 0 for no more
 */
public record Released(String name, boolean released, int holds) {

  static Released from(JsonObject json) {
    return new Released(
        json.getString("name"), json.getBoolean("released"), json.getInteger("holds"));
  }

  JsonObject toJson() {
    return new JsonObject().put("name", name).put("released", released).put("holds", holds);
  }
}
