package io.vertebra.etcd;

import io.vertebra.kv.OpResult;
import io.vertebra.kv.RangeResult;
import io.vertebra.kv.TxnResult;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * Tells what a transaction did. Each step is answered with the revision there was after it: before
 * the first change that of the store before, afterwards that of the transaction.
 */
final class TxnAnswer {
  private final long after;
  private long revision;

  /**
   * @param after the revision of the store after the transaction
   */
  private TxnAnswer(long after, boolean changed) {
    this.after = after;
    this.revision = changed ? after - 1 : after;
  }

  static JsonObject of(JsonObject header, TxnQuery query, TxnResult result) {
    boolean changed = result.results().stream().anyMatch(TxnAnswer::changes);
    return new TxnAnswer(result.revision(), changed)
        .txn(header, query, result.succeeded(), result.results());
  }

  private static boolean changes(OpResult result) {
    return result instanceof OpResult.Put
        || (result instanceof OpResult.Delete delete && delete.deleted() > 0)
        || (result instanceof OpResult.Choice choice
            && choice.results().stream().anyMatch(TxnAnswer::changes));
  }

  private JsonObject txn(
      JsonObject header, TxnQuery query, boolean succeeded, List<OpResult> results) {
    JsonObject answer = new JsonObject().put("header", header);
    Answers.flag(answer, "succeeded", succeeded);
    List<Step> steps = succeeded ? query.then() : query.otherwise();
    JsonArray responses = new JsonArray();
    for (int i = 0; i < steps.size(); i++) {
      responses.add(response(steps.get(i), results.get(i)));
    }
    if (!responses.isEmpty()) {
      answer.put("responses", responses);
    }
    return answer;
  }

  private JsonObject response(Step step, OpResult result) {
    if (changes(result) && !(result instanceof OpResult.Choice)) {
      revision = after;
    }
    if (step instanceof Step.Range range && result instanceof OpResult.Get got) {
      return new JsonObject().put("response_range", range(range.query(), got.result()));
    }
    if (result instanceof OpResult.Put put) {
      return new JsonObject().put("response_put", put(header(), put));
    }
    if (result instanceof OpResult.Delete delete) {
      return new JsonObject().put("response_delete_range", delete(header(), delete));
    }
    if (step instanceof Step.Nested nested && result instanceof OpResult.Choice choice) {
      return new JsonObject()
          .put(
              "response_txn",
              txn(new JsonObject(), nested.query(), choice.succeeded(), choice.results()));
    }
    throw new IllegalStateException("a result of another step: " + result);
  }

  private JsonObject range(RangeQuery query, RangeResult result) {
    boolean cut = query.request().limit() == 0 || result.entries().size() < query.request().limit();
    if (cut && result.more() && !query.countOnly()) {
      throw RangeReader.tooMuch();
    }
    return query.answer(header(), result);
  }

  static JsonObject put(JsonObject header, OpResult.Put put) {
    JsonObject answer = new JsonObject().put("header", header);
    put.previous().ifPresent(entry -> answer.put("prev_kv", Answers.entry(entry)));
    return answer;
  }

  static JsonObject delete(JsonObject header, OpResult.Delete delete) {
    JsonObject answer = new JsonObject().put("header", header);
    Answers.number(answer, "deleted", delete.deleted());
    Answers.entries(answer, "prev_kvs", delete.previous());
    return answer;
  }

  private JsonObject header() {
    JsonObject header = new JsonObject();
    Answers.number(header, "revision", revision);
    return header;
  }
}
