package io.vertebra.consul;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.RangeResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Reads pairs. A lock of a session that ended is ended before it is told. */
final class Pairs {
  private static final int MAX_ATTEMPTS = 20;

  private final KvService kv;
  private final StoreReader reader;
  private final SessionEnd end;

  Pairs(KvService kv, StoreReader reader, SessionEnd end) {
    this.kv = kv;
    this.reader = reader;
    this.end = end;
  }

  Future<Found<Optional<Pair>>> find(String key) {
    return settled(() -> reader.all(KeyRange.one(Layout.pair(key))), MAX_ATTEMPTS)
        .compose(
            read ->
                read.entries().isEmpty()
                    ? found(read, Marks.askedByKey(key))
                    : found(read, Set.of()))
        .map(found -> found.map(pairs -> pairs.stream().findFirst()));
  }

  /** The pairs whose keys begin with a prefix, in the order of their keys. */
  Future<Found<List<Pair>>> list(String prefix) {
    return settled(() -> reader.all(Layout.pairs(prefix)), MAX_ATTEMPTS)
        .compose(read -> found(read, Marks.askedByPrefix(prefix)));
  }

  /**
   * The keys that begin with a prefix, in order.
   *
   * @param separator after whose first place behind the prefix keys end, told once each; empty for
   *     none
   */
  Future<Found<List<String>>> keys(String prefix, String separator) {
    return reader
        .keys(Layout.pairs(prefix))
        .compose(
            read ->
                reader
                    .lastWrite(read.revision(), Marks.askedByPrefix(prefix))
                    .map(
                        removed ->
                            new Found<>(
                                cut(read.entries(), prefix, separator),
                                read.revision(),
                                StoreReader.lastWrite(read.entries()),
                                removed)));
  }

  private static List<String> cut(List<KvEntry> entries, String prefix, String separator) {
    Set<String> keys = new LinkedHashSet<>();
    for (KvEntry entry : entries) {
      String key = Layout.keyOf(entry.key());
      int at = separator.isEmpty() ? -1 : key.indexOf(separator, prefix.length());
      keys.add(at < 0 ? key : key.substring(0, at + separator.length()));
    }
    return List.copyOf(keys);
  }

  private Future<Found<List<Pair>>> found(RangeResult read, Set<Bytes> marks) {
    List<Pair> pairs = read.entries().stream().map(Pair::of).toList();
    long written = StoreReader.lastWrite(read.entries());
    return reader
        .lastWrite(read.revision(), marks)
        .map(removed -> new Found<>(pairs, read.revision(), written, removed));
  }

  /** What is read, once no lock in it is one of a session that ended. */
  Future<RangeResult> settled(Supplier<Future<RangeResult>> read, int attempts) {
    return read.get()
        .compose(
            result ->
                endedAmong(result)
                    .compose(
                        ended ->
                            ended.isEmpty() || attempts == 0
                                ? Future.succeededFuture(result)
                                : completeAll(ended).compose(done -> settled(read, attempts - 1))));
  }

  private Future<Void> completeAll(List<String> sessions) {
    return Future.all(sessions.stream().map(end::complete).toList()).mapEmpty();
  }

  /** The sessions that hold some of what was read, though they had ended when it was. */
  private Future<List<String>> endedAmong(RangeResult read) {
    Set<String> holders = new LinkedHashSet<>();
    for (KvEntry entry : read.entries()) {
      Pair pair = Pair.of(entry);
      if (pair.isLocked()) {
        holders.add(pair.session());
      }
    }
    List<String> all = List.copyOf(holders);
    List<Future<RangeResult>> reads = new ArrayList<>();
    for (String holder : all) {
      RangeRequest session = RangeRequest.one(Layout.session(holder));
      reads.add(kv.range(session.at(read.revision()).locally()));
    }
    return Future.all(reads)
        .map(
            done -> {
              List<String> ended = new ArrayList<>(all);
              ended.removeIf(holder -> reads.get(all.indexOf(holder)).result().first().isPresent());
              return ended;
            });
  }
}
