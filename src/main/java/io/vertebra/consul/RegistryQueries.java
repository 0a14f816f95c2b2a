package io.vertebra.consul;

import io.vertebra.registry.Indexed;
import io.vertebra.registry.Reading;
import io.vertx.core.Future;
import java.util.function.Function;

/** Reads of the registry that wait as the request asks. */
record RegistryQueries(BlockingQueries queries) {

  /**
   * What is read, as an answer at its index.
   *
   * @param answer made of what was read
   */
  <T> Future<Reply> answer(
      Asked asked, Function<Reading, Future<Indexed<T>>> read, Function<T, Object> answer) {
    return queries
        .counted(asked, over -> read.apply(reading(asked, over)))
        .map(found -> Reply.json(answer.apply(found.value())).at(found.index()));
  }

  private Reading reading(Asked asked, Future<Void> over) {
    Reading reading =
        asked.index() == 0
            ? Reading.NOW
            : Reading.after(asked.index(), queries.patience(asked)).until(over.toCompletionStage());
    return asked.has("stale") ? reading.locally() : reading;
  }
}
