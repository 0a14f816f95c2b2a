package io.vertebra.config;

import io.vertebra.api.Fields;
import io.vertebra.kv.Guard;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What a change is made under.
 *
 * @param ifRevision revision that what is changed must be at: the namespace, or the one key that is
 *     put or removed; 0 if it must not be there; empty if anything will do
 * @param author who makes it, at most 200 characters
 * @param comment why, at most 1000 characters
 */
public record Terms(Optional<Long> ifRevision, String author, String comment, Guard guard) {
  /** None. */
  public static final Terms NONE = new Terms(Optional.empty(), "", "", Guard.NONE);

  public Terms {
    Names.require(author.length() <= 200, "/author", "must have at most 200 characters");
    Names.require(comment.length() <= 1000, "/comment", "must have at most 1000 characters");
  }

  /** By somebody, for a reason. */
  public static Terms by(String author, String comment) {
    return new Terms(Optional.empty(), author, comment, Guard.NONE);
  }

  /** The same at one revision only. */
  public Terms at(long revision) {
    return new Terms(Optional.of(revision), author, comment, guard);
  }

  /** The same, done once for all that are sent with this key. */
  public Terms once(String idempotencyKey) {
    return new Terms(ifRevision, author, comment, new Guard(guard.fence(), idempotencyKey));
  }

  static Supplier<Terms> reading(Fields fields) {
    Optional<Long> ifRevision =
        fields
            .longInteger("ifRevision", 0, Long.MAX_VALUE)
            .about("The revision that what is changed must be at; 0 if it must not be there.")
            .optional();
    String author = fields.text("author", 0, 200).about("Who makes the change.").orElse("");
    String comment = fields.text("comment", 0, 1000).about("Why.").orElse("");
    Supplier<Guard> guard = Guard.of(fields);
    return () -> new Terms(ifRevision, author, comment, guard.get());
  }

  JsonObject writeTo(JsonObject json) {
    ifRevision.ifPresent(revision -> json.put("ifRevision", revision));
    guard.fence().ifPresent(fence -> json.put("fence", fence.lock() + "@" + fence.token()));
    if (!guard.idempotencyKey().isEmpty()) {
      json.put("idempotencyKey", guard.idempotencyKey());
    }
    return json.put("author", author).put("comment", comment);
  }

  Terms anywhere() {
    return new Terms(Optional.empty(), author, comment, guard);
  }
}
