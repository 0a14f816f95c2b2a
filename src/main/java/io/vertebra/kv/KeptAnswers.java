package io.vertebra.kv;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The answers of transactions by their idempotency keys. The oldest go when there are more than
 * {@value #MAX_ANSWERS}, or more than 16 MiB of keys and answers. For one thread, but for {@link
 * #bytes}.
 */
final class KeptAnswers {
  static final int MAX_ANSWERS = 100_000;
  static final long MAX_BYTES = 16 << 20;

  /** Heap bytes of an answer without its bytes and its key's. */
  private static final int OVERHEAD = 48 + 8 + 32 + 24 + 16 + 16;

  /** The answer of the transaction with this hash. */
  static final class Kept {
    final String key;
    final long hash;
    final byte[] answer;

    Kept(String key, long hash, byte[] answer) {
      this.key = key;
      this.hash = hash;
      this.answer = answer;
    }

    private long size() {
      return (long) key.length() + answer.length;
    }

    /** Heap bytes that it takes, about. */
    long weight() {
      return OVERHEAD + Version.aligned(key.length()) + Version.aligned(answer.length);
    }
  }

  private final Map<String, Kept> byKey = new HashMap<>();
  private final Deque<Kept> byAge = new ArrayDeque<>();
  private final LongAdder bytes = new LongAdder();
  private long size;

  @Nullable Kept find(String key) {
    return byKey.get(key);
  }

  /** Keeps the answer of a key that has none. */
  void keep(Kept kept) {
    byKey.put(kept.key, kept);
    byAge.addLast(kept);
    size += kept.size();
    bytes.add(kept.weight());
    while (byAge.size() > MAX_ANSWERS || (size > MAX_BYTES && byAge.size() > 1)) {
      Kept oldest = byAge.removeFirst();
      byKey.remove(oldest.key);
      size -= oldest.size();
      bytes.add(-oldest.weight());
    }
  }

  /** The oldest first. */
  List<Kept> save() {
    return Arrays.asList(byAge.toArray(new Kept[0]));
  }

  long bytes() {
    return bytes.sum();
  }
}
