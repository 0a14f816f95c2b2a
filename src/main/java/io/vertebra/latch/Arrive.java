package io.vertebra.latch;

import io.vertebra.api.Call;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * Comes to a barrier, to wait for the others.
 *
 * @param parties how many have to be there, 2 to 100, the same for all
 * @param patience how long to wait for them, at most 10 min; JSON {@code waitMs}
 */
public record Arrive(String name, String participant, int parties, Duration patience) {

  JsonObject toJson() {
    return new JsonObject()
        .put("name", name)
        .put("participant", participant)
        .put("parties", parties)
        .put(Call.WAIT, patience.toMillis());
  }

  static Arrive from(Fields fields) {
    String name = Names.read(fields, "name").required();
    String participant = Names.read(fields, "participant").required();
    int parties = fields.integer("parties", 2, 100).about("How many have to be there.").required();
    Duration patience =
        fields.millis(Call.WAIT, 0, 600_000).about("How long to wait for the others.").required();
    return fields.build(() -> new Arrive(name, participant, parties, patience));
  }
}
