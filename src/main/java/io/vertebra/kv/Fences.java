package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** The greatest token known of each lock. For one thread, but for {@link #bytes}. */
final class Fences {
  /** Heap bytes of a lock: its node, its name's two objects, its token. */
  private static final int OVERHEAD = 40 + 24 + 16 + 24;

  private final TreeMap<String, Long> known = new TreeMap<>();
  private final LongAdder bytes = new LongAdder();

  /** Throws {@code FENCED} if a greater token is known. */
  void check(Fence fence) {
    long greatest = known.getOrDefault(fence.lock(), 0L);
    if (greatest > fence.token()) {
      throw new Failure(
          FailureCode.FENCED,
          "lock "
              + fence.lock()
              + " went on to token "
              + greatest
              + ", so token "
              + fence.token()
              + " holds it no more");
    }
  }

  void learn(String lock, long token) {
    if (known.put(lock, token) == null) {
      bytes.add(OVERHEAD + Version.aligned(lock.length()));
    }
  }

  /** In the order of the locks. */
  List<Fence> all() {
    return known.entrySet().stream().map(Fences::fence).toList();
  }

  private static Fence fence(Map.Entry<String, Long> entry) {
    return new Fence(entry.getKey(), entry.getValue());
  }

  long bytes() {
    return bytes.sum();
  }
}
