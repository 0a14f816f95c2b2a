package io.vertebra.queue;

import io.vertx.core.json.JsonObject;

/**
 * A group of consumers of a queue.
 *
 * @param number never used before in this queue; what is stored under another one is void, so a
 *     group that is moved gets a new one
 * @param from the first id that is the group's; it is done with all before
 */
record StoredGroup(String name, int number, long from) {

  JsonObject toJson() {
    return new JsonObject().put("name", name).put("number", number).put("from", from);
  }

  static StoredGroup from(JsonObject json) {
    return new StoredGroup(json.getString("name"), json.getInteger("number"), json.getLong("from"));
  }
}
