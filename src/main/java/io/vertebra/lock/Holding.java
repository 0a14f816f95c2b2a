package io.vertebra.lock;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;

/**
 * Who holds a lock, and on which terms.
 *
 * @param token at least 1; grows with each grant of this name, for ever
 * @param lease how long it is held without being renewed
 * @param holds how often it is to be released, at least 1
 * @param data text of the owner for those who look
 * @param since when it was granted, by the clock of the node that granted it
 */
public record Holding(
    String name,
    String owner,
    Terms terms,
    long token,
    Duration lease,
    int holds,
    String data,
    Instant since) {

  /** The same, to be released so often. */
  Holding held(int times) {
    return new Holding(name, owner, terms, token, lease, times, data, since);
  }

  /** The same with another lease and text. */
  Holding renewed(Duration length, String text) {
    return new Holding(name, owner, terms, token, length, holds, text, since);
  }

  static Holding from(Fields fields) {
    String name = LockNames.read(fields, "name").required();
    return from(fields, name);
  }

  static Holding from(Fields fields, String name) {
    String owner = LockNames.read(fields, "owner").required();
    java.util.function.Supplier<Terms> terms = Terms.reading(fields);
    long token = fields.longInteger("token", 1, Long.MAX_VALUE).required();
    Duration lease = AcquireLock.lease(fields).required();
    int holds = fields.integer("holds", 1, Integer.MAX_VALUE).orElse(1);
    String data = fields.text("data", 0, AcquireLock.MAX_DATA).orElse("");
    String since = fields.text("since", 1, 40).required();
    return fields.build(
        () ->
            new Holding(name, owner, terms.get(), token, lease, holds, data, Instant.parse(since)));
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("name", name).put("owner", owner).put("token", token);
    terms
        .writeTo(json)
        .put("leaseMs", lease.toMillis())
        .put("holds", holds)
        .put("since", since.toString());
    return data.isEmpty() ? json : json.put("data", data);
  }
}
