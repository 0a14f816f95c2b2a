package io.vertebra.consul;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.RangeResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Reads whole ranges, and the marks that tell of removals, as of one revision. */
final class StoreReader {
  private final KvService kv;
  private final long mostBytes;

  /**
   * @param mostBytes of keys and values in one answer
   */
  StoreReader(KvService kv, long mostBytes) {
    this.kv = kv;
    this.mostBytes = mostBytes;
  }

  /** All entries of a range as of now. */
  Future<RangeResult> all(KeyRange range) {
    return page(RangeRequest.all(range), new ArrayList<>(), 0);
  }

  /** All entries of a range as they were at a revision that this node has reached. */
  Future<RangeResult> allAt(long revision, KeyRange range) {
    return page(RangeRequest.all(range).at(revision), new ArrayList<>(), 0);
  }

  /** The keys of a range as of now, without values. */
  Future<RangeResult> keys(KeyRange range) {
    return page(new RangeRequest(range, 0, 0, true, false, false, false), new ArrayList<>(), 0);
  }

  /** Entries as they were at a revision that this node has reached, those that were there. */
  Future<List<KvEntry>> at(long revision, Collection<Bytes> keys) {
    List<Future<RangeResult>> reads =
        keys.stream().map(key -> kv.range(RangeRequest.one(key).at(revision).locally())).toList();
    return Future.all(reads)
        .map(
            all ->
                reads.stream()
                    .map(read -> read.result().first())
                    .flatMap(Optional::stream)
                    .toList());
  }

  /** The greatest revision at which one of some keys was written; 0 if none was. */
  Future<Long> lastWrite(long revision, Collection<Bytes> keys) {
    return at(revision, keys).map(StoreReader::lastWrite);
  }

  static long lastWrite(Collection<KvEntry> entries) {
    return entries.stream().mapToLong(KvEntry::modRevision).max().orElse(0);
  }

  private Future<RangeResult> page(RangeRequest request, List<KvEntry> read, long bytesBefore) {
    return kv.range(request)
        .compose(
            result -> {
              long bytes = bytesBefore + size(result.entries());
              if (bytes > mostBytes) {
                return tooLong();
              }
              read.addAll(result.entries());
              if (!result.more()) {
                return Future.succeededFuture(
                    new RangeResult(result.revision(), List.copyOf(read), false, read.size()));
              }
              Bytes next = read.get(read.size() - 1).key().successor();
              KeyRange rest = new KeyRange(next, request.range().to());
              long revision = request.revision() == 0 ? result.revision() : request.revision();
              return page(
                  new RangeRequest(rest, 0, revision, request.keysOnly(), false, false, false),
                  read,
                  bytes);
            });
  }

  private Future<RangeResult> tooLong() {
    return Failure.future(
        FailureCode.TOO_LARGE,
        "the answer would be longer than " + mostBytes + " bytes; ask for a longer prefix");
  }

  private static long size(List<KvEntry> entries) {
    long bytes = 0;
    for (KvEntry entry : entries) {
      bytes += entry.key().length() + entry.value().length();
    }
    return bytes;
  }
}
