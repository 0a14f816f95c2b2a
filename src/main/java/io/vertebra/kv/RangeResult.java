package io.vertebra.kv;

import java.util.List;
import java.util.Optional;

/**
 * The entries of a range.
 *
 * @param revision of the store when it was read
 * @param more whether the range has entries after these
 * @param count how many keys the range has; if not asked for, how many are answered
 */
public record RangeResult(long revision, List<KvEntry> entries, boolean more, long count) {

  public Optional<KvEntry> first() {
    return entries.stream().findFirst();
  }
}
