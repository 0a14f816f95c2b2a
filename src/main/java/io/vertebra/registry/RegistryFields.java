package io.vertebra.registry;

import io.vertebra.api.Call;
import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.kv.Guard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** Reads what is asked of the registry. */
final class RegistryFields {
  /** The check that a heartbeat is about unless it says. */
  static final String TTL_CHECK = "ttl";

  private static final int MAX_NAME = Violations.MAX_NAME;

  private RegistryFields() {}

  /** A question and how it is read. */
  record Asked<T>(T query, Reading reading) {}

  /** A write and what it is done under. */
  record Guarded<T>(T request, Guard guard) {}

  /** Names an instance or a check, and the service of the instance if told. */
  record Named(String service, ItemKey key) {}

  static <T> Function<Fields, Asked<T>> asked(Function<Fields, Supplier<T>> query) {
    return fields -> {
      Supplier<Reading> reading = reading(fields);
      Supplier<T> asked = query.apply(fields);
      return fields.build(() -> new Asked<>(asked.get(), reading.get()));
    };
  }

  static <T> Function<Fields, Guarded<T>> guarded(Function<Fields, Supplier<T>> request) {
    return fields -> {
      Supplier<Guard> guard = Guard.of(fields);
      Supplier<T> wanted = request.apply(fields);
      return fields.build(() -> new Guarded<>(wanted.get(), guard.get()));
    };
  }

  private static Supplier<Reading> reading(Fields fields) {
    long after =
        fields
            .longInteger("ifNotRevision", 0, Long.MAX_VALUE)
            .about("The revision that is known; waits for a greater one.")
            .orElse(0L);
    Duration patience =
        fields
            .millis(Call.WAIT, 0, Reading.MAX_PATIENCE.toMillis())
            .about("How long to wait for a greater revision than ifNotRevision.")
            .orElse(Duration.ZERO);
    boolean local =
        fields
            .flag("local")
            .about("Whether an answer of this node alone will do, which may be old.")
            .orElse(false);
    return () -> {
      Reading reading = Reading.after(after, patience);
      return local ? reading.locally() : reading;
    };
  }

  static Supplier<String> nothing(Fields fields) {
    return () -> "";
  }

  static Supplier<String> nodeName(Fields fields) {
    String name = fields.text("name", 1, MAX_NAME).required();
    return () -> name;
  }

  static Supplier<InstanceQuery> instances(Fields fields) {
    String service = fields.text("service", 1, MAX_NAME).required();
    List<String> tags =
        fields
            .texts("tag", Instance.MAX_TAGS, MAX_NAME)
            .about("Tags that it must have, all of them.")
            .orElse(List.of());
    boolean passing =
        fields.flag("passing").about("Only those of which all checks pass.").orElse(false);
    String zone = fields.text("zone", 0, Node.MAX_META_VALUE).about("Only there.").orElse("");
    List<String> meta =
        fields
            .texts("meta", Node.MAX_META, Node.MAX_META_KEY + Node.MAX_META_VALUE + 1)
            .about("What its meta must hold, as key=value.")
            .orElse(List.of());
    boolean checks =
        fields
            .flag("checks")
            .about("Whether checks are told; without, passing is not looked at.")
            .orElse(true);
    return () -> new InstanceQuery(service, tags, passing, zone, pairs(meta), checks);
  }

  private static Map<String, String> pairs(List<String> texts) {
    Map<String, String> pairs = new HashMap<>();
    for (String text : texts) {
      int equals = text.indexOf('=');
      if (equals < 1) {
        throw Failure.invalid("/meta", "must hold texts such as key=value");
      }
      pairs.put(text.substring(0, equals), text.substring(equals + 1));
    }
    return pairs;
  }

  static Supplier<CheckQuery> checks(Fields fields) {
    String service = fields.text("service", 0, MAX_NAME).about("Of its instances.").orElse("");
    String node = fields.text("node", 0, MAX_NAME).about("On that node.").orElse("");
    Optional<CheckStatus> status =
        fields.choice("status", CheckStatus.class).about("In that status.").optional();
    return () -> new CheckQuery(service, node, status);
  }

  static Supplier<Named> named(Fields fields) {
    String service = fields.text("service", 0, MAX_NAME).orElse("");
    String id = fields.text("id", 1, MAX_NAME).required();
    String node = node(fields);
    return () -> new Named(service, new ItemKey(node, id));
  }

  static Supplier<Registration> registration(Fields fields) {
    Optional<Node> node =
        fields.object("node", Node::from).about("The node, to be as told.").optional();
    Optional<Instance> instance =
        fields.object("instance", Instance::from).about("An instance on it.").optional();
    List<RegisterCheck> checks =
        fields
            .objects("checks", Registration.MAX_CHECKS, CheckJson::request)
            .about("Checks of the node or of its instances.")
            .orElse(List.of());
    boolean replace =
        fields
            .flag("replaceChecks")
            .about("Whether other checks of the instance are removed.")
            .orElse(false);
    return () -> new Registration(node, instance, checks, replace);
  }

  /** An instance at its path with its checks, whose ids are told without its own. */
  static Supplier<Registration> instance(Fields fields) {
    Supplier<Instance> instance = Instance.reading(fields);
    List<RegisterCheck> checks =
        fields
            .objects("checks", Registration.MAX_CHECKS, CheckJson::request)
            .about("Its checks; those it has and that are not told are removed.")
            .orElse(List.of());
    return () -> {
      Instance of = instance.get();
      List<RegisterCheck> own = new ArrayList<>();
      for (RegisterCheck check : checks) {
        own.add(check.on(of, checkId(of.id(), check.check().id())));
      }
      return new Registration(Optional.empty(), Optional.of(of), own, true);
    };
  }

  static Supplier<ReportCheck> report(Fields fields) {
    String id = fields.text("id", 1, MAX_NAME).required();
    String node = node(fields);
    CheckStatus status = fields.choice("status", CheckStatus.class).orElse(CheckStatus.PASSING);
    String output = CheckJson.output(fields);
    return () -> new ReportCheck(node, id, status, output);
  }

  /** A report about the check of an instance, whose id is told without the instance's. */
  static Supplier<ReportCheck> heartbeat(Fields fields) {
    Optional<String> unused = fields.text("service", 0, MAX_NAME).optional();
    String id = fields.text("id", 1, MAX_NAME).required();
    String check =
        fields.text("check", 1, MAX_NAME).about("Which of its checks.").orElse(TTL_CHECK);
    String node = node(fields);
    CheckStatus status = fields.choice("status", CheckStatus.class).orElse(CheckStatus.PASSING);
    String output = CheckJson.output(fields);
    return () -> new ReportCheck(node, checkId(id, check), status, output);
  }

  static String checkId(String instance, String check) {
    return instance + ":" + check;
  }

  static Supplier<SetMaintenance> maintenance(Fields fields) {
    Optional<String> unused = fields.text("service", 0, MAX_NAME).optional();
    String id =
        fields.text("id", 0, MAX_NAME).about("Of the instance; empty for the node.").orElse("");
    String node = node(fields);
    boolean enabled = fields.flag("enabled").about("Whether it is taken out of use.").orElse(true);
    String reason = fields.text("reason", 0, Check.MAX_NOTES).orElse("");
    return () -> new SetMaintenance(node, id, enabled, reason);
  }

  private static String node(Fields fields) {
    return fields.text("node", 1, MAX_NAME).about("The node it is on.").orElse(Node.SHARED);
  }
}
