package io.vertebra.consul;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.RangeResult;
import io.vertebra.registry.Draft;
import io.vertebra.registry.DraftService;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** {@code /v1/txn}. */
final class TxnEndpoint {
  private static final int MAX_ATTEMPTS = 20;

  private final KvService kv;
  private final StoreReader reader;
  private final Pairs pairs;
  private final DraftService drafts;
  private final RegistryJson json;

  TxnEndpoint(
      KvService kv, StoreReader reader, Pairs pairs, DraftService drafts, RegistryJson json) {
    this.kv = kv;
    this.reader = reader;
    this.pairs = pairs;
    this.drafts = drafts;
    this.json = json;
  }

  /**
   * What is asked for.
   *
   * @param steps those of them that are on keys
   * @param catalog those of them that are on the catalog
   */
  private record Request(
      List<TxnOperation> all, List<TxnStep> steps, List<CatalogStep> catalog, Guard guard) {
    static Request of(List<TxnOperation> all, Guard guard) {
      return new Request(all, only(all, TxnStep.class), only(all, CatalogStep.class), guard);
    }

    private static <T> List<T> only(List<TxnOperation> all, Class<T> type) {
      return all.stream().filter(type::isInstance).map(type::cast).toList();
    }
  }

  void offer(Paths paths) {
    paths.put("/v1/txn", this::run);
  }

  private Future<Reply> run(Asked asked) {
    return attempt(Request.of(TxnOperation.list(asked.value()), asked.guard()), MAX_ATTEMPTS);
  }

  private Future<Reply> attempt(Request request, int attempts) {
    if (attempts == 0) {
      return Failure.future(FailureCode.CONFLICT, "the keys change too often at present");
    }
    return pairs
        .settled(() -> read(ranges(request.steps())), MAX_ATTEMPTS)
        .compose(read -> basis(request.steps(), read))
        .compose(
            basis ->
                drafts
                    .open(CatalogStep.scope(request.catalog()))
                    .compose(draft -> decide(request, basis, draft, attempts)));
  }

  private static List<KeyRange> ranges(List<TxnStep> steps) {
    Set<KeyRange> ranges = new LinkedHashSet<>();
    for (TxnStep step : steps) {
      ranges.add(
          step.verb().isOfTree()
              ? Layout.pairs(step.key())
              : KeyRange.one(Layout.pair(step.key())));
    }
    return List.copyOf(ranges);
  }

  /** All entries of some ranges as of one revision. */
  private Future<RangeResult> read(List<KeyRange> ranges) {
    if (ranges.isEmpty()) {
      return Future.succeededFuture(new RangeResult(kv.status().revision(), List.of(), false, 0));
    }
    return reader
        .all(ranges.get(0))
        .compose(
            first -> {
              List<Future<RangeResult>> others = new ArrayList<>();
              for (KeyRange range : ranges.subList(1, ranges.size())) {
                others.add(reader.allAt(first.revision(), range));
              }
              return Future.all(others).map(done -> joined(first, others));
            });
  }

  private static RangeResult joined(RangeResult first, List<Future<RangeResult>> others) {
    Map<Bytes, KvEntry> entries = new TreeMap<>();
    first.entries().forEach(entry -> entries.put(entry.key(), entry));
    for (Future<RangeResult> other : others) {
      other.result().entries().forEach(entry -> entries.put(entry.key(), entry));
    }
    return new RangeResult(first.revision(), List.copyOf(entries.values()), false, entries.size());
  }

  private Future<TxnBasis> basis(List<TxnStep> steps, RangeResult read) {
    Map<Bytes, String> asked = new HashMap<>();
    for (TxnStep step : steps) {
      if (step.verb() == TxnStep.Verb.LOCK) {
        asked.put(Layout.delay(step.key()), step.key());
        if (Session.isId(step.session())) {
          asked.put(Layout.session(step.session()), step.session());
        }
      }
    }
    Map<Bytes, Pair> found = new TreeMap<>();
    read.entries().forEach(entry -> found.put(entry.key(), Pair.of(entry)));
    return reader
        .at(read.revision(), asked.keySet())
        .map(
            entries -> {
              Set<String> sessions = new HashSet<>();
              Set<String> delayed = new HashSet<>();
              for (KvEntry entry : entries) {
                boolean session = Layout.SESSIONS.contains(entry.key());
                (session ? sessions : delayed).add(asked.getOrDefault(entry.key(), ""));
              }
              return new TxnBasis(read.revision(), found, sessions, delayed);
            });
  }

  private Future<Reply> decide(Request request, TxnBasis basis, Draft draft, int attempts) {
    TxnRun run = new TxnRun(basis, new CatalogRun(draft, json));
    run.run(request.all());
    if (!run.errors().isEmpty()) {
      JsonObject refused = new JsonObject().putNull("Results").put("Errors", run.errors());
      return Future.succeededFuture(Reply.json(409, refused));
    }
    if (run.written().isEmpty() && run.locked().isEmpty() && request.catalog().isEmpty()) {
      return Future.succeededFuture(done(run.results(basis.revision())).at(basis.revision()));
    }
    return kv.txn(request.guard().on(TxnCommit.of(basis, request.steps(), run, draft)))
        .compose(
            result -> {
              if (!result.succeeded()) {
                return attempt(request, attempts - 1);
              }
              drafts.announce(draft, result.revision());
              return Future.succeededFuture(done(run.results(result.revision())));
            });
  }

  private static Reply done(JsonArray results) {
    return Reply.json(new JsonObject().put("Results", results).putNull("Errors"));
  }
}
