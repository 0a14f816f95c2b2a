package io.vertebra.sqs;

import io.vertebra.queue.Outcome;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * What is done with messages, be it one of a request or several of a batch, where each entry
 * succeeds or fails for itself.
 *
 * @param reader checks an entry; throws {@link SqsException}
 * @param call does it for all entries that are as they should be, in their order
 * @param writer tells of an entry what became of it
 * @param words a failure of an entry in the words of SQS
 */
record Entries<T, R>(
    Function<Params, T> reader,
    Function<List<T>, Future<List<Outcome<R>>>> call,
    BiFunction<T, R, JsonObject> writer,
    Function<Throwable, SqsException> words) {
  private static final int MAX_COUNT = 10;
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,80}");

  /** An entry of a batch: read, or why it could not be. */
  private record Entry<T>(String id, List<T> read, List<SqsException> refused) {}

  /** Does it for the one that a request itself is. */
  Future<JsonObject> one(Params request) {
    T item = reader.apply(request);
    return call.apply(List.of(item))
        .map(
            outcomes -> {
              Outcome<R> outcome = outcomes.get(0);
              outcome
                  .failure()
                  .ifPresent(
                      failure -> {
                        throw words.apply(failure);
                      });
              return writer.apply(item, outcome.get());
            });
  }

  /** Does it for each entry of a batch. */
  Future<JsonObject> batch(Params request) {
    List<Entry<T>> entries = new ArrayList<>();
    for (Params params : checked(request.objects("Entries"))) {
      entries.add(read(params));
    }
    List<T> good = entries.stream().flatMap(entry -> entry.read().stream()).toList();
    Future<List<Outcome<R>>> done =
        good.isEmpty() ? Future.succeededFuture(List.of()) : call.apply(good);
    return done.map(outcomes -> answer(entries, outcomes));
  }

  private Entry<T> read(Params params) {
    String id = params.required("Id");
    try {
      return new Entry<>(id, List.of(reader.apply(params)), List.of());
    } catch (SqsException refused) {
      return new Entry<>(id, List.of(), List.of(refused));
    }
  }

  private static List<Params> checked(List<Params> entries) {
    if (entries.isEmpty()) {
      throw new SqsException(
          SqsError.EMPTY_BATCH_REQUEST, "There should be at least one entry in the request.");
    }
    if (entries.size() > MAX_COUNT) {
      throw new SqsException(
          SqsError.TOO_MANY_ENTRIES,
          "Maximum number of entries per request are 10. You have sent " + entries.size() + ".");
    }
    Set<String> ids = new HashSet<>();
    for (Params entry : entries) {
      String id = entry.text("Id").orElse("");
      if (!ID.matcher(id).matches()) {
        throw new SqsException(
            SqsError.INVALID_BATCH_ENTRY_ID,
            "A batch entry id can only contain alphanumeric characters, hyphens and underscores."
                + " It can be at most 80 letters long.");
      }
      if (!ids.add(id)) {
        throw new SqsException(SqsError.BATCH_ENTRY_IDS_NOT_DISTINCT, "Id " + id + " repeated.");
      }
    }
    return entries;
  }

  private JsonObject answer(List<Entry<T>> entries, List<Outcome<R>> outcomes) {
    JsonArray successful = new JsonArray();
    JsonArray failed = new JsonArray();
    int next = 0;
    for (Entry<T> entry : entries) {
      entry.refused().forEach(refused -> failed.add(refused.ofEntry(entry.id())));
      for (T item : entry.read()) {
        Outcome<R> outcome = outcomes.get(next++);
        outcome
            .failure()
            .ifPresent(failure -> failed.add(words.apply(failure).ofEntry(entry.id())));
        outcome
            .value()
            .ifPresent(value -> successful.add(writer.apply(item, value).put("Id", entry.id())));
      }
    }
    return new JsonObject().put("Successful", successful).put("Failed", failed);
  }
}
