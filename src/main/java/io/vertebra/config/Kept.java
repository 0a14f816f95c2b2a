package io.vertebra.config;

import io.vertx.core.json.JsonObject;

/**
 * How much history a namespace has.
 *
 * @param since the oldest revision whose state can still be read
 * @param releases how many are listed
 * @param bytes of former values
 */
record Kept(long since, long releases, long bytes) {
  static final Kept NOTHING = new Kept(0, 0, 0);

  Kept plus(long moreBytes) {
    return new Kept(since, releases + 1, bytes + moreBytes);
  }

  JsonObject toJson() {
    return new JsonObject().put("since", since).put("releases", releases).put("bytes", bytes);
  }

  static Kept from(JsonObject json) {
    return new Kept(json.getLong("since"), json.getLong("releases"), json.getLong("bytes"));
  }
}
