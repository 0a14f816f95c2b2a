package io.vertebra.consul;

import io.vertebra.registry.DraftScope;
import io.vertebra.registry.Instance;
import io.vertebra.registry.ItemKey;
import io.vertebra.registry.Node;
import io.vertebra.registry.Registration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * One operation of a transaction on the catalog.
 *
 * @param key the node and, unless it is the node that is asked for, the id of what is
 * @param index for those that compare it
 * @param wanted what is to be; empty for those that do not write
 */
record CatalogStep(Kind kind, Verb verb, ItemKey key, long index, Optional<Registration> wanted)
    implements TxnOperation {

  /** What is in the catalog. */
  enum Kind {
    NODE("Node"),
    SERVICE("Service"),
    CHECK("Check");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** Its name in JSON. */
    String word() {
      return word;
    }
  }

  /** What is done with it. */
  enum Verb {
    GET,
    SET,
    CAS,
    DELETE,
    DELETE_CAS;

    boolean writes() {
      return this == SET || this == CAS;
    }

    boolean compares() {
      return this == CAS || this == DELETE_CAS;
    }
  }

  static CatalogStep from(Kind kind, LenientJson operation) {
    Verb verb = verb(kind, operation.text("Verb"));
    LenientJson item = operation.object(kind.word());
    long index = item.number("ModifyIndex");
    String node = kind == Kind.SERVICE ? operation.text("Node") : item.text("Node");
    if (node.isEmpty()) {
      throw ConsulException.badRequest("Must provide node");
    }
    ItemKey key = new ItemKey(node, id(kind, item));
    Optional<Registration> wanted =
        verb.writes() ? Optional.of(registration(kind, key, item)) : Optional.empty();
    return new CatalogStep(kind, verb, key, index, wanted);
  }

  private static Verb verb(Kind kind, String text) {
    for (Verb verb : Verb.values()) {
      if (verb.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(text)) {
        return verb;
      }
    }
    throw ConsulException.badRequest("unknown " + kind.word() + " verb \"" + text + "\"");
  }

  private static String id(Kind kind, LenientJson item) {
    String id =
        switch (kind) {
          case NODE -> "node";
          case SERVICE -> item.text("ID").isEmpty() ? item.text("Service") : item.text("ID");
          case CHECK -> item.text("CheckID").isEmpty() ? item.text("Name") : item.text("CheckID");
        };
    if (id.isEmpty()) {
      throw ConsulException.badRequest("Must provide the ID of the " + kind.word());
    }
    return kind == Kind.NODE ? "" : id;
  }

  private static Registration registration(Kind kind, ItemKey key, LenientJson item) {
    return switch (kind) {
      case NODE ->
          Registration.of(
              new Node(key.node(), item.text("Address"), Registering.texts(item.plain("Meta"))));
      case SERVICE -> {
        Instance instance = Registering.instance(key.node(), item, "Service");
        yield new Registration(Optional.empty(), Optional.of(instance), List.of(), false);
      }
      case CHECK ->
          Registration.of(
              Registering.check(
                  key.node(), item, item.text("ServiceID"), key.id(), item.text("Name")));
    };
  }

  /** What a draft has to know for some operations. */
  static DraftScope scope(List<CatalogStep> steps) {
    Set<String> nodes = new HashSet<>();
    Set<String> wholeNodes = new HashSet<>();
    Set<ItemKey> instances = new HashSet<>();
    Set<ItemKey> checks = new HashSet<>();
    for (CatalogStep step : steps) {
      boolean removes = !step.verb().writes() && step.verb() != Verb.GET;
      switch (step.kind()) {
        case NODE -> (removes ? wholeNodes : nodes).add(step.key().node());
        case SERVICE -> {
          nodes.add(step.key().node());
          instances.add(step.key());
        }
        case CHECK -> {
          nodes.add(step.key().node());
          checks.add(step.key());
          step.wanted().ifPresent(wanted -> addInstanceOf(wanted, instances));
        }
      }
    }
    return new DraftScope(nodes, wholeNodes, instances, checks);
  }

  private static void addInstanceOf(Registration wanted, Set<ItemKey> instances) {
    String instance = wanted.checks().get(0).check().instance();
    if (!instance.isEmpty()) {
      instances.add(new ItemKey(wanted.nodeName(), instance));
    }
  }
}
