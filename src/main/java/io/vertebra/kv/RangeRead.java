package io.vertebra.kv;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gathers an answer to a request, version by version. */
final class RangeRead {
  private final RangeRequest request;
  private final long most;
  private final List<KvEntry> entries = new ArrayList<>();
  private long bytes;
  private long count;
  private boolean more;

  /**
   * For an answer.
   *
   * @param most bytes of keys and values, but for a first entry that has more
   */
  RangeRead(RangeRequest request, long most) {
    this.request = request;
    this.most = most;
  }

  /** Takes the next key's version, null if it had none; false if there is no need to go on. */
  boolean add(@Nullable Version version) {
    if (version == null) {
      return true;
    }
    if (request.countOnly()) {
      count++;
      return true;
    }
    long size = size(version, request.keysOnly());
    boolean full = request.limit() > 0 && entries.size() == request.limit();
    if (more || full || (!entries.isEmpty() && bytes + size > most)) {
      more = true;
      count++;
      return request.countTotal();
    }
    entries.add(version.entry(request.keysOnly()));
    bytes += size;
    count++;
    return true;
  }

  RangeResult result(long revision) {
    boolean counted = request.countOnly() || request.countTotal();
    return new RangeResult(revision, List.copyOf(entries), more, counted ? count : entries.size());
  }

  private static long size(Version version, boolean keyOnly) {
    return (long) version.key.length() + (keyOnly ? 0 : version.value.length());
  }

  /** Bytes of the keys and values of a result. */
  static long size(RangeResult result) {
    long sum = 0;
    for (KvEntry entry : result.entries()) {
      sum += entry.key().length() + entry.value().length();
    }
    return sum;
  }
}
