package io.vertebra.limiter;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Requests that a policy does not count.
 *
 * @param clients blocks of addresses; at most 1,000
 * @param values of any part of the key; at most 1,000
 */
public record Exemptions(List<AddressBlock> clients, Set<String> values) {
  /** None. */
  public static final Exemptions NONE = new Exemptions(List.of(), Set.of());

  private static final int MOST = 1_000;
  private static final KeyPart CLIENT = new KeyPart(KeyPart.Kind.CLIENT, "");

  public Exemptions {
    clients = List.copyOf(clients);
    values = Set.copyOf(values);
  }

  private static List<AddressBlock> blocks(List<String> texts) {
    List<AddressBlock> blocks = new ArrayList<>();
    for (String text : texts) {
      blocks.add(AddressBlock.of(text, "/clients/" + blocks.size()));
    }
    return blocks;
  }

  static Exemptions from(Fields fields) {
    List<String> clients =
        fields.texts("clients", MOST, 50).about("Blocks of addresses.").orElse(List.of());
    List<String> values =
        fields
            .texts("values", MOST, KeyPart.MOST_LENGTH)
            .about("Values of any part of the key.")
            .orElse(List.of());
    return fields.build(() -> new Exemptions(blocks(clients), Set.copyOf(values)));
  }

  /** Whether a request of this key is not counted. */
  boolean hold(PolicyKey key, KeyFields fields) {
    if (!clients.isEmpty()) {
      String client = fields.value(CLIENT);
      if (clients.stream().anyMatch(block -> block.contains(client))) {
        return true;
      }
    }
    return !values.isEmpty()
        && key.parts().stream().anyMatch(part -> values.contains(key.value(part, fields)));
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("clients", new JsonArray(clients.stream().map(AddressBlock::text).toList()))
        .put("values", new JsonArray(values.stream().sorted().toList()));
  }
}
