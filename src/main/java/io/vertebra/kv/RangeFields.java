package io.vertebra.kv;

import io.vertebra.api.Call;
import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.LongPoll;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Reads what is asked of a range. */
final class RangeFields {
  static final int MAX_LIMIT = 10_000;
  private static final int DEFAULT_LIMIT = 100;

  private RangeFields() {}

  /**
   * A read that may wait for news.
   *
   * @param known the revision that the reader has; empty for none
   * @param patience how long to wait for another one
   */
  record Read(RangeRequest request, OptionalLong known, Duration patience) {

    boolean waits() {
      return known.isPresent() && !patience.isZero();
    }
  }

  /** One key at a path. */
  static Read one(Fields fields) {
    Supplier<Bytes> key = KvFields.key(fields, "key");
    long revision = revision(fields);
    boolean serializable = serializable(fields);
    Supplier<Read> waiting = waiting(fields);
    return fields.build(
        () -> {
          RangeRequest request = RangeRequest.one(key.get()).at(revision);
          return with(serializable ? request.locally() : request, waiting.get());
        });
  }

  /** A page of a list. */
  static Read page(Fields fields) {
    Supplier<Optional<KeyRange>> range = KvFields.severalKeys(fields);
    int limit =
        fields.integer("limit", 1, MAX_LIMIT).about("The most items.").orElse(DEFAULT_LIMIT);
    Optional<String> cursor =
        fields.text("cursor", 1, 2000).about("The cursor of the part before.").optional();
    Supplier<RangeRequest> read = request(fields, limit);
    Supplier<Read> waiting = waiting(fields);
    return fields.build(
        () -> {
          RangeRequest whole = over(read.get(), range.get().orElse(KeyRange.ALL));
          RangeRequest page =
              cursor.isPresent() ? ListCursor.parse(cursor.get()).after(whole) : whole;
          KvRules.check(page);
          return with(page, waiting.get());
        });
  }

  /** A read within a transaction. */
  static RangeRequest step(Fields fields) {
    Supplier<Optional<KeyRange>> range = KvFields.range(fields);
    int limit = fields.integer("limit", 0, MAX_LIMIT).about("The most items; 0 for any.").orElse(0);
    Supplier<RangeRequest> read = request(fields, limit);
    return fields.build(() -> over(read.get(), KvFields.required(range.get())));
  }

  private static Supplier<RangeRequest> request(Fields fields, int limit) {
    boolean keysOnly = fields.flag("keysOnly").about("Without values.").orElse(false);
    boolean count = fields.flag("count").about("Whether to count the whole range.").orElse(false);
    boolean countOnly = fields.flag("countOnly").about("Without items.").orElse(false);
    long revision = revision(fields);
    boolean serializable = serializable(fields);
    return () ->
        new RangeRequest(
            KeyRange.ALL, limit, revision, keysOnly, count || countOnly, countOnly, serializable);
  }

  private static RangeRequest over(RangeRequest request, KeyRange range) {
    return new RangeRequest(
        range,
        request.limit(),
        request.revision(),
        request.keysOnly(),
        request.countTotal(),
        request.countOnly(),
        request.serializable());
  }

  private static long revision(Fields fields) {
    return fields
        .longInteger("revision", 0, Long.MAX_VALUE)
        .about("As of which; 0 for now.")
        .orElse(0L);
  }

  private static boolean serializable(Fields fields) {
    return fields
        .flag("serializable")
        .about("Whether an answer of this node alone will do, which may be old.")
        .orElse(false);
  }

  private static Supplier<Read> waiting(Fields fields) {
    Duration patience =
        fields
            .millis(Call.WAIT, 0, LongPoll.MAX_WAIT_MS)
            .about("How long to wait for another revision than ifNotRevision.")
            .orElse(Duration.ZERO);
    Optional<Long> known =
        fields
            .longInteger("ifNotRevision", 0, Long.MAX_VALUE)
            .about("The revision that is known; 0 for nothing.")
            .optional();
    OptionalLong has = known.map(OptionalLong::of).orElse(OptionalLong.empty());
    RangeRequest none = RangeRequest.all(KeyRange.ALL);
    return () -> new Read(none, has, patience);
  }

  private static Read with(RangeRequest request, Read waiting) {
    if (waiting.waits() && request.revision() != 0) {
      throw Failure.invalid("/waitMs", "is of no use for a revision of the past");
    }
    return new Read(request, waiting.known(), waiting.patience());
  }
}
