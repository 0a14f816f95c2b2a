package io.vertebra.raft;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.util.Optional;

/**
 * Names a core node in one of three ways.
 *
 * @param by which way
 * @param value what it is called there
 */
public record NodeSelector(Kind by, String value) {

  /** The ways. */
  public enum Kind {
    /** Where others reach its engine, {@code host:port}. */
    ADDRESS,
    /** Its id among the nodes of the cluster. */
    NODE,
    /** What people call it. */
    NAME
  }

  static NodeSelector from(Fields fields) {
    Optional<String> address =
        fields.text("address", 3, 300).about("Where its engine is, as host:port.").optional();
    Optional<String> node = fields.text("node", 1, 200).about("The node's id.").optional();
    Optional<String> name = fields.text("name", 1, 100).about("The node's name.").optional();
    return fields.build(() -> of(address, node, name));
  }

  private static NodeSelector of(
      Optional<String> address, Optional<String> node, Optional<String> name) {
    long given = address.stream().count() + node.stream().count() + name.stream().count();
    if (given != 1) {
      throw Failure.invalid("", "must name the node by address, node or name, by one of them");
    }
    return address
        .map(value -> new NodeSelector(Kind.ADDRESS, value))
        .or(() -> node.map(value -> new NodeSelector(Kind.NODE, value)))
        .orElseGet(() -> new NodeSelector(Kind.NAME, name.orElseThrow()));
  }

  boolean selects(MemberView member) {
    return value.equals(
        switch (by) {
          case ADDRESS -> member.peer().address();
          case NODE -> member.node();
          case NAME -> member.name();
        });
  }

  JsonObject toJson() {
    return new JsonObject().put(Fields.word(by), value);
  }

  @Override
  public String toString() {
    return Fields.word(by) + " " + value;
  }
}
