package io.vertebra.queue;

import io.vertebra.kv.Bytes;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The dedup ids that a queue remembers. For one thread. */
final class DedupIds {
  private final Map<String, Mark> marks = new HashMap<>();

  /** When to forget them. */
  private final PriorityQueue<Timed<String>> ends = new PriorityQueue<>();

  /**
   * Of which message an id is.
   *
   * @param until milliseconds since 1970 until when it is remembered
   */
  record Mark(long message, long until) {

    Bytes encode() {
      return Bytes.utf8(new JsonObject().put("id", message).put("until", until).encode());
    }

    static Mark decode(Bytes value) {
      JsonObject json = new JsonObject(new String(value.unsafeArray(), StandardCharsets.UTF_8));
      return new Mark(json.getLong("id"), json.getLong("until"));
    }
  }

  /** Of which message an id is; null if it is not remembered. */
  @Nullable Mark find(String dedupId, long now) {
    Mark mark = marks.get(dedupId);
    return mark == null || mark.until() <= now ? null : mark;
  }

  void put(String dedupId, Mark mark) {
    Mark before = marks.put(dedupId, mark);
    if (before == null || before.until() != mark.until()) {
      ends.add(new Timed<>(mark.until(), dedupId));
    }
  }

  int size() {
    return marks.size();
  }

  void clear() {
    marks.clear();
    ends.clear();
  }

  /** Takes out ids whose time is over, at most so many. */
  List<String> pollOver(long now, int most) {
    List<String> over = new ArrayList<>();
    while (over.size() < most && !ends.isEmpty() && ends.element().at() <= now) {
      String next = ends.remove().what();
      Mark mark = marks.get(next);
      if (mark != null && mark.until() <= now) {
        marks.remove(next);
        over.add(next);
      }
    }
    return over;
  }
}
