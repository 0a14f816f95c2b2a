package io.vertebra.etcd;

import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.RangeResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;

/** Reads ranges that do not fit into one answer of the store, page by page as of one revision. */
final class RangeReader {
  private static final int ENTRY_BYTES = 100;

  private final KvService service;
  private final long maxBytes;

  /**
   * @param maxBytes of all that is read at once
   */
  RangeReader(KvService service, long maxBytes) {
    this.service = service;
    this.maxBytes = maxBytes;
  }

  /** All that is asked for; {@code RESOURCE_EXHAUSTED} if it is too much. */
  Future<RangeResult> read(RangeRequest request) {
    return service
        .range(request)
        .compose(
            first ->
                isWhole(request, first)
                    ? Future.succeededFuture(first)
                    : readOn(request, first, new ArrayList<>(), 0));
  }

  static EtcdException tooMuch() {
    return new EtcdException(
        EtcdException.Status.RESOURCE_EXHAUSTED, "the answer is too long; set a limit");
  }

  private static boolean isWhole(RangeRequest request, RangeResult page) {
    return !page.more()
        || request.countOnly()
        || (request.limit() > 0 && page.entries().size() >= request.limit());
  }

  private Future<RangeResult> readOn(
      RangeRequest request, RangeResult page, List<KvEntry> read, long bytesBefore) {
    long bytes = bytesBefore;
    for (KvEntry entry : page.entries()) {
      bytes += ENTRY_BYTES + entry.key().length() + entry.value().length();
    }
    if (bytes > maxBytes) {
      return Future.failedFuture(tooMuch());
    }
    read.addAll(page.entries());
    if (isWhole(request, page) || page.entries().isEmpty()) {
      return Future.succeededFuture(
          new RangeResult(page.revision(), read, page.more(), page.count()));
    }
    RangeRequest rest = rest(request, page);
    long total = bytes;
    return service
        .range(rest)
        .map(next -> new RangeResult(page.revision(), next.entries(), next.more(), page.count()))
        .compose(next -> readOn(rest, next, read, total));
  }

  private static RangeRequest rest(RangeRequest request, RangeResult page) {
    List<KvEntry> entries = page.entries();
    KvEntry last = entries.get(entries.size() - 1);
    return new RangeRequest(
        new KeyRange(last.key().successor(), request.range().to()),
        request.limit() == 0 ? 0 : request.limit() - entries.size(),
        request.revision() == 0 ? page.revision() : request.revision(),
        request.keysOnly(),
        false,
        false,
        request.serializable());
  }
}
