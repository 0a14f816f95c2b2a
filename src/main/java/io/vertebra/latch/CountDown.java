package io.vertebra.latch;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;

/** Says that a participant is done. */
public record CountDown(String name, String participant) {

  JsonObject toJson() {
    return new JsonObject().put("name", name).put("participant", participant);
  }

  static CountDown from(Fields fields) {
    String name = Names.read(fields, "name").required();
    String participant = Names.read(fields, "participant").required();
    return fields.build(() -> new CountDown(name, participant));
  }
}
