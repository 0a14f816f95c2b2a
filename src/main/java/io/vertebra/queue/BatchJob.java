package io.vertebra.queue;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Does each item of a batch by itself: that one fails, however it does, is nothing to others. */
final class BatchJob {
  private BatchJob() {}

  /** Begins all items in their order; completes with what became of each. */
  static <I, T> Future<List<Outcome<T>>> each(List<I> items, Function<I, Future<T>> work) {
    List<Future<Outcome<T>>> begun = new ArrayList<>(items.size());
    for (I item : items) {
      begun.add(
          Future.succeededFuture()
              .compose(unused -> work.apply(item))
              .map(Outcome::of)
              .otherwise(Outcome::failed));
    }
    return Future.all(begun).map(all -> all.list());
  }
}
