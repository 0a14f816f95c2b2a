package io.vertebra.lock;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Asks what happens to locks.
 *
 * @param name of one lock, or what the names of all of them begin with
 * @param fromRevision the first one wanted; 0 for what comes from now on
 */
public record WatchLocks(String name, boolean isPrefix, long fromRevision) {

  static WatchLocks from(Fields fields) {
    Optional<String> name = LockNames.read(fields, "name").about("Of one lock.").optional();
    Optional<String> prefix =
        fields.text("prefix", 0, 200).about("Of all that begin so.").optional();
    long from =
        fields
            .longInteger("fromRevision", 0, Long.MAX_VALUE)
            .about("The first revision wanted; 0 for what comes from now on.")
            .orElse(0L);
    return fields.build(
        () -> {
          if (name.isPresent() == prefix.isPresent()) {
            throw Failure.invalid("", "the request needs either a name or a prefix");
          }
          return new WatchLocks(name.or(() -> prefix).orElse(""), prefix.isPresent(), from);
        });
  }

  JsonObject toJson() {
    return new JsonObject()
        .put(isPrefix ? "prefix" : "name", name)
        .put("fromRevision", fromRevision);
  }
}
