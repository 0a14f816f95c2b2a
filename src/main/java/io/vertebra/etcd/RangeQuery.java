package io.vertebra.etcd;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.RangeResult;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A {@code RangeRequest} of etcd. The store reads by key; here is chosen and sorted what was read.
 *
 * @param limit most entries wanted; 0 or less for all
 * @param revision as of which; 0 or less for now
 */
record RangeQuery(
    KeyRange range,
    long limit,
    long revision,
    Order order,
    Target target,
    boolean serializable,
    boolean keysOnly,
    boolean countOnly,
    Bounds modified,
    Bounds created) {

  enum Order {
    NONE,
    ASCEND,
    DESCEND
  }

  enum Target {
    KEY,
    VERSION,
    CREATE,
    MOD,
    VALUE
  }

  /** Revisions wanted; 0 for no bound on that side. */
  record Bounds(long least, long most) {
    boolean isSet() {
      return least != 0 || most != 0;
    }

    boolean contains(long revision) {
      return (least == 0 || revision >= least) && (most == 0 || revision <= most);
    }
  }

  static RangeQuery from(Message message) {
    return new RangeQuery(
        Keys.of(message),
        message.number("limit"),
        message.number("revision"),
        message.choice("sort_order", Order.class, "RangeRequest_SortOrder"),
        message.choice("sort_target", Target.class, "RangeRequest_SortTarget"),
        message.flag("serializable"),
        message.flag("keys_only"),
        message.flag("count_only"),
        new Bounds(message.number("min_mod_revision"), message.number("max_mod_revision")),
        new Bounds(message.number("min_create_revision"), message.number("max_create_revision")));
  }

  /** What to ask of the store. */
  RangeRequest request() {
    return new RangeRequest(
        range,
        readLimit(),
        Math.max(0, revision),
        keysOnly && target != Target.VALUE,
        true,
        countOnly,
        serializable);
  }

  /**
   * What is answered.
   *
   * @param read everything asked for by {@link #request}
   */
  JsonObject answer(JsonObject header, RangeResult read) {
    List<KvEntry> chosen = sorted(read.entries().stream().filter(this::isWanted)).toList();
    boolean more = limit > 0 && chosen.size() > limit;
    Stream<KvEntry> told = more ? chosen.stream().limit(limit) : chosen.stream();
    JsonObject answer = new JsonObject().put("header", header);
    Answers.entries(answer, "kvs", told.map(this::shown).toList());
    Answers.flag(answer, "more", more);
    Answers.number(answer, "count", read.count());
    return answer;
  }

  /**
   * One more than wanted, to know whether there are more; all, if not the first ones are wanted.
   */
  private int readLimit() {
    boolean all = limit <= 0 || order != Order.NONE || modified.isSet() || created.isSet();
    return all ? 0 : (int) Math.min(limit + 1, Integer.MAX_VALUE);
  }

  private boolean isWanted(KvEntry entry) {
    return modified.contains(entry.modRevision()) && created.contains(entry.createRevision());
  }

  /** Without an order, keys are in theirs, and anything else ascends among what was read. */
  private Stream<KvEntry> sorted(Stream<KvEntry> entries) {
    Comparator<KvEntry> ascending =
        switch (target) {
          case KEY -> Comparator.comparing(KvEntry::key);
          case VERSION -> Comparator.comparingLong(KvEntry::version);
          case CREATE -> Comparator.comparingLong(KvEntry::createRevision);
          case MOD -> Comparator.comparingLong(KvEntry::modRevision);
          case VALUE -> Comparator.comparing(KvEntry::value);
        };
    return entries.sorted(order == Order.DESCEND ? ascending.reversed() : ascending);
  }

  private KvEntry shown(KvEntry entry) {
    return keysOnly
        ? new KvEntry(
            entry.key(),
            Bytes.EMPTY,
            entry.createRevision(),
            entry.modRevision(),
            entry.version(),
            entry.lease())
        : entry;
  }
}
