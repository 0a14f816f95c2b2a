package io.vertebra.counter;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Gives a counter a value, whatever it holds or only if it holds what is expected.
 *
 * @param ifValue the value expected
 * @param ifRevision the revision expected; 0 for no such counter
 * @param shards 1, or 2 to 64 for a counter that begins at 0 and whose load is spread
 */
public record SetCounter(
    String name, long value, Optional<Long> ifValue, Optional<Long> ifRevision, int shards) {
  public static final int MAX_SHARDS = 64;

  public SetCounter {
    if (shards > 1 && (value != 0 || ifValue.isPresent())) {
      throw Failure.invalid("/shards", "needs a value of 0 and no ifValue");
    }
    if (shards > 1 && ifRevision.orElse(0L) != 0) {
      throw Failure.invalid("/shards", "are chosen when a counter begins");
    }
  }

  /** Sets it whatever it holds. */
  public static SetCounter to(String name, long value) {
    return new SetCounter(name, value, Optional.empty(), Optional.empty(), 1);
  }

  static SetCounter from(Fields fields) {
    String name = Names.read(fields).required();
    long value = fields.longInteger("value", Long.MIN_VALUE, Long.MAX_VALUE).orElse(0L);
    Optional<Long> ifValue =
        fields
            .longInteger("ifValue", Long.MIN_VALUE, Long.MAX_VALUE)
            .about("The value that the counter must hold.")
            .optional();
    Optional<Long> ifRevision =
        fields
            .longInteger("ifRevision", 0, Long.MAX_VALUE)
            .about("The revision that the counter must be at; 0 for no such counter.")
            .optional();
    int shards =
        fields
            .integer("shards", 1, MAX_SHARDS)
            .about("Keys that share the load of a counter that begins at 0.")
            .orElse(1);
    return fields.build(() -> new SetCounter(name, value, ifValue, ifRevision, shards));
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject().put("name", name).put("value", value).put("shards", shards);
    ifValue.ifPresent(expected -> json.put("ifValue", expected));
    ifRevision.ifPresent(expected -> json.put("ifRevision", expected));
    return json;
  }
}
