package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Reads a transaction. */
final class TxnFields {
  private TxnFields() {}

  /** What is compared, as callers name it. */
  private enum Target {
    VERSION,
    CREATE_REVISION,
    MOD_REVISION,
    VALUE,
    LEASE,
    EXISTS
  }

  /**
   * @param rule throws if a message can be sent to no queue
   */
  static Txn txn(Fields fields, Consumer<OutboxJson.Letter> rule) {
    Supplier<Op.Choice> choice = choice(fields, true);
    List<OutboxJson.Letter> letters =
        fields
            .objects("send", OutboxJson.MAX_LETTERS, OutboxJson.Letter::from)
            .about("Messages for queues, sent if the compares hold.")
            .orElse(List.of());
    Supplier<Guard> guard = Guard.of(fields);
    return fields.build(
        () -> {
          Op.Choice whole = choice.get();
          List<Op> then = new ArrayList<>(whole.then());
          check(letters, rule);
          if (!letters.isEmpty()) {
            then.add(step(letters));
          }
          Txn txn = new Txn(whole.compares(), then, whole.otherwise(), Optional.empty(), "");
          return KvRules.checked(guard.get().on(txn));
        });
  }

  private static Op step(List<OutboxJson.Letter> letters) {
    Op step = OutboxJson.step(letters);
    if (step instanceof Op.Append kept && kept.value().length() > KvRules.MAX_VALUE_BYTES) {
      throw Failure.invalid(
          "/send", "must have at most " + KvRules.MAX_VALUE_BYTES + " bytes in all, as JSON");
    }
    return step;
  }

  private static void check(List<OutboxJson.Letter> letters, Consumer<OutboxJson.Letter> rule) {
    List<Violation> violations = new ArrayList<>();
    for (int i = 0; i < letters.size(); i++) {
      try {
        rule.accept(letters.get(i));
      } catch (Failure failure) {
        String place = "/send/" + i;
        failure
            .violations()
            .forEach(v -> violations.add(new Violation(place + v.pointer(), v.detail())));
      }
    }
    if (!violations.isEmpty()) {
      throw Failure.invalid(violations);
    }
  }

  private static Supplier<Op.Choice> choice(Fields fields, boolean mayNest) {
    List<Compare> compares =
        fields.objects("compare", KvRules.MAX_COMPARES, TxnFields::compare).orElse(List.of());
    Function<Fields, Op> step = mayNest ? TxnFields::outerStep : TxnFields::innerStep;
    List<Op> then = fields.objects("then", KvRules.MAX_STEPS, step).orElse(List.of());
    List<Op> otherwise = fields.objects("otherwise", KvRules.MAX_STEPS, step).orElse(List.of());
    return () -> new Op.Choice(compares, then, otherwise);
  }

  private static Op outerStep(Fields fields) {
    Optional<Op> nested =
        fields
            .<Op>object(
                "txn",
                inner -> {
                  Supplier<Op.Choice> choice = choice(inner, false);
                  return inner.build(choice);
                })
            .about("A transaction within.")
            .optional();
    return step(fields, nested);
  }

  private static Op innerStep(Fields fields) {
    return step(fields, Optional.empty());
  }

  private static Op step(Fields fields, Optional<Op> nested) {
    Optional<Op> put = fields.<Op>object("put", TxnFields::put).optional();
    Optional<Op> delete = fields.<Op>object("delete", TxnFields::delete).optional();
    Optional<Op> get =
        fields.object("get", RangeFields::step).optional().map(request -> new Op.Get(request));
    Optional<Op> add = fields.<Op>object("add", TxnFields::add).optional();
    Optional<Op> append = fields.<Op>object("append", TxnFields::append).optional();
    Optional<Op> grant = fields.<Op>object("grant", TxnFields::grant).optional();
    Optional<Op> revoke = fields.<Op>object("revoke", TxnFields::revoke).optional();
    Optional<Op> overtake = fields.<Op>object("overtake", TxnFields::overtake).optional();
    return fields.build(
        () -> {
          List<Op> given =
              Stream.of(put, add, append, delete, get, grant, revoke, overtake, nested)
                  .flatMap(Optional::stream)
                  .toList();
          if (given.size() != 1) {
            throw Failure.invalid(
                "", "must have one of put, add, append, delete, get, grant, revoke, overtake, txn");
          }
          return given.get(0);
        });
  }

  private static Op put(Fields fields) {
    Supplier<Bytes> key = KvFields.key(fields, "key");
    Supplier<Op.Put> rest = written(fields);
    return fields.build(() -> at(key.get(), rest.get()));
  }

  /** All of a write but its key. */
  static Supplier<Op.Put> written(Fields fields) {
    Supplier<Optional<Bytes>> value = KvFields.value(fields);
    long lease = fields.id("leaseId").about("The lease that it ends with; 0 for none.").orElse(0L);
    boolean previous = previous(fields);
    boolean keepValue =
        fields.flag("keepValue").about("Whether the present value stays.").orElse(false);
    boolean keepLease =
        fields.flag("keepLease").about("Whether the present lease stays.").orElse(false);
    return () -> {
      Optional<Bytes> given = value.get();
      if (given.isPresent() == keepValue) {
        throw Failure.invalid(
            "/value",
            keepValue ? "and keepValue exclude each other" : "is missing, and so is text");
      }
      Bytes written = given.orElse(Bytes.EMPTY);
      return new Op.Put(Bytes.EMPTY, written, lease, previous, keepValue, keepLease);
    };
  }

  static Op.Put at(Bytes key, Op.Put put) {
    return new Op.Put(
        key, put.value(), put.lease(), put.previous(), put.keepValue(), put.keepLease());
  }

  static boolean previous(Fields fields) {
    return fields.flag("previous").about("Whether to tell what was before.").orElse(false);
  }

  private static Op delete(Fields fields) {
    Supplier<Optional<KeyRange>> range = KvFields.range(fields);
    boolean previous = previous(fields);
    return fields.build(() -> new Op.Delete(KvFields.required(range.get()), previous));
  }

  private static Op overtake(Fields fields) {
    String lock =
        fields
            .text("lock", 1, KvRules.MAX_LOCK_BYTES)
            .about("The lock, whose name does not begin with " + Fence.FOREIGN + ".")
            .required();
    long lease =
        fields.id("leaseId").about("The lease under which it is held; 0 for none.").orElse(0L);
    return fields.build(() -> new Op.Overtake(lock, lease));
  }

  private static Op add(Fields fields) {
    Supplier<Bytes> key = KvFields.key(fields, "key");
    long step = fields.longInteger("step", Long.MIN_VALUE, Long.MAX_VALUE).orElse(1L);
    long floor =
        fields
            .longInteger("floor", Long.MIN_VALUE, Long.MAX_VALUE)
            .about("The least sum allowed.")
            .orElse(Long.MIN_VALUE);
    long ceiling =
        fields
            .longInteger("ceiling", Long.MIN_VALUE, Long.MAX_VALUE)
            .about("The greatest sum allowed.")
            .orElse(Long.MAX_VALUE);
    return fields.build(() -> new Op.Add(key.get(), step, floor, ceiling));
  }

  private static Op append(Fields fields) {
    Supplier<Bytes> prefix = KvFields.prefix(fields);
    Supplier<Optional<Bytes>> value = KvFields.value(fields);
    long lease = fields.id("leaseId").about("The lease that it ends with; 0 for none.").orElse(0L);
    return fields.build(
        () -> {
          Op.Append append = new Op.Append(prefix.get(), value.get().orElse(Bytes.EMPTY), lease);
          if (OutboxJson.isStep(append)) {
            throw Failure.invalid("/prefix", "is that of messages, for which there is send");
          }
          return append;
        });
  }

  private static Op grant(Fields fields) {
    long id = fields.id("leaseId").about("Not 0.").required();
    Duration ttl = LeaseApi.ttl(fields);
    return fields.build(() -> new Op.Grant(id, ttl.toMillis()));
  }

  private static Op revoke(Fields fields) {
    long id = fields.id("leaseId").required();
    return fields.build(() -> new Op.Revoke(id));
  }

  private static Compare compare(Fields fields) {
    Supplier<Optional<KeyRange>> range = KvFields.range(fields);
    Target target = fields.choice("target", Target.class).required();
    Compare.Relation relation =
        fields.choice("is", Compare.Relation.class).orElse(Compare.Relation.EQUAL);
    Optional<Long> number = fields.id("number").optional();
    Supplier<Optional<Bytes>> value = KvFields.value(fields);
    return fields.build(
        () -> compare(KvFields.required(range.get()), target, relation, number, value.get()));
  }

  private static Compare compare(
      KeyRange range,
      Target target,
      Compare.Relation relation,
      Optional<Long> number,
      Optional<Bytes> value) {
    boolean needsValue = target == Target.VALUE;
    boolean needsNumber = !needsValue && target != Target.EXISTS;
    KvRules.require(
        value.isPresent() == needsValue, "/value", needsValue ? "is missing" : "has no use here");
    KvRules.require(
        number.isPresent() == needsNumber,
        "/number",
        needsNumber ? "is missing" : "has no use here");
    if (target == Target.EXISTS) {
      return exists(range, relation);
    }
    Compare.Target compared = Compare.Target.valueOf(target.name());
    return new Compare(range, compared, relation, number.orElse(0L), value.orElse(Bytes.EMPTY));
  }

  private static Compare exists(KeyRange range, Compare.Relation relation) {
    boolean present = relation == Compare.Relation.EQUAL;
    KvRules.require(
        present || relation == Compare.Relation.NOT_EQUAL, "/is", "must be equal or not-equal");
    Compare.Relation toZero = present ? Compare.Relation.GREATER : Compare.Relation.EQUAL;
    return new Compare(range, Compare.Target.VERSION, toZero, 0, Bytes.EMPTY);
  }
}
