package io.vertebra.sqs;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.queue.Outcome;
import io.vertebra.queue.QueueDefinition;
import io.vertebra.queue.ReceiveMessages;
import io.vertebra.queue.ReceivedMessage;
import io.vertebra.queue.SentMessage;
import io.vertebra.queue.Settled;
import io.vertebra.queue.Settlement;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The actions on messages. */
final class MessageActions {
  private static final int MAX_VISIBILITY = 43_200;

  /** The door sees for itself when a client went away. */
  private static final Future<Void> NEVER = Promise.<Void>promise().future();

  private final QueueNames names;
  private final KnownQueues known;

  MessageActions(QueueNames names, KnownQueues known) {
    this.names = names;
    this.known = known;
  }

  Map<String, Action> byName() {
    return Map.of(
        "SendMessage",
        asked -> sending(asked).compose(entries -> entries.one(asked.params())),
        "SendMessageBatch",
        asked -> sending(asked).compose(entries -> entries.batch(asked.params())),
        "ReceiveMessage",
        this::receive,
        "DeleteMessage",
        asked -> deleting(asked).one(asked.params()),
        "DeleteMessageBatch",
        asked -> deleting(asked).batch(asked.params()),
        "ChangeMessageVisibility",
        asked -> changing(asked).one(asked.params()),
        "ChangeMessageVisibilityBatch",
        asked -> changing(asked).batch(asked.params()));
  }

  private Future<Entries<Draft, SentMessage>> sending(Asked asked) {
    String queue = asked.params().queue();
    return known.definition(queue).map(definition -> sending(asked, queue, definition));
  }

  private static Entries<Draft, SentMessage> sending(
      Asked asked, String queue, QueueDefinition definition) {
    return new Entries<>(
        params -> Draft.from(params, queue, definition),
        drafts -> send(asked, queue, drafts),
        Draft::told,
        SqsException::of);
  }

  private static Future<List<Outcome<SentMessage>>> send(
      Asked asked, String queue, List<Draft> drafts) {
    int bytes = drafts.stream().mapToInt(Draft::bytes).sum();
    if (bytes > QueueAttributes.MAX_SIZE) {
      throw new SqsException(
          SqsError.BATCH_REQUEST_TOO_LONG,
          "Batch requests cannot be longer than "
              + QueueAttributes.MAX_SIZE
              + " bytes. You have sent "
              + bytes
              + " bytes.");
    }
    return asked.queues().send(queue, drafts.stream().map(Draft::message).toList());
  }

  private Future<JsonObject> receive(Asked asked) {
    Params params = asked.params();
    String queue = params.queue();
    return known
        .definition(queue)
        .compose(definition -> asked.queues().receive(wanted(params, queue, definition), NEVER))
        .map(messages -> received(params, messages));
  }

  private static ReceiveMessages wanted(Params params, String queue, QueueDefinition definition) {
    int max = params.integer("MaxNumberOfMessages", 1, 10).orElse(1);
    int wait =
        params
            .integer("WaitTimeSeconds", 0, 20)
            .orElseGet(() -> QueueAttributes.keptNumber(definition, QueueAttributes.WAIT, 0));
    ReceiveMessages request =
        ReceiveMessages.of(queue, max).as(QueueCounts.GROUP).waiting(Duration.ofSeconds(wait));
    return params
        .integer("VisibilityTimeout", 0, MAX_VISIBILITY)
        .map(seconds -> request.lasting(QueueAttributes.visibility(seconds)))
        .orElse(request);
  }

  private JsonObject received(Params params, List<ReceivedMessage> messages) {
    List<String> attributes = params.texts("MessageAttributeNames");
    List<String> system = new ArrayList<>(params.texts("AttributeNames"));
    system.addAll(params.texts("MessageSystemAttributeNames"));
    JsonArray all = new JsonArray();
    messages.forEach(message -> all.add(Handed.toJson(message, attributes, system, names)));
    return all.isEmpty() ? new JsonObject() : new JsonObject().put("Messages", all);
  }

  private static Entries<Settlement, Settled> deleting(Asked asked) {
    String queue = asked.params().queue();
    return new Entries<>(
        params -> Settlement.ack(receipt(params)),
        acks ->
            asked
                .queues()
                .settle(queue, acks)
                .map(outcomes -> outcomes.stream().map(MessageActions::goneIsDone).toList()),
        (ack, settled) -> new JsonObject(),
        ofReceipt(SqsError.RECEIPT_HANDLE_IS_INVALID));
  }

  /** What is gone already was deleted, as far as SQS is concerned. */
  private static Outcome<Settled> goneIsDone(Outcome<Settled> outcome) {
    return outcome
        .failure()
        .filter(failure -> failure.code() == FailureCode.NOT_FOUND)
        .map(failure -> Outcome.of(new Settled("", Settled.Result.ACKED)))
        .orElse(outcome);
  }

  private static Entries<Settlement, Settled> changing(Asked asked) {
    String queue = asked.params().queue();
    return new Entries<>(
        MessageActions::change,
        changes -> asked.queues().settle(queue, changes),
        (change, settled) -> new JsonObject(),
        ofReceipt(SqsError.MESSAGE_NOT_INFLIGHT));
  }

  private static Settlement change(Params params) {
    String receipt = receipt(params);
    int seconds =
        params
            .integer("VisibilityTimeout", 0, MAX_VISIBILITY)
            .orElseThrow(() -> SqsException.missing("VisibilityTimeout"));
    return seconds == 0
        ? Settlement.nack(receipt, Duration.ZERO, "")
        : Settlement.extend(receipt, Duration.ofSeconds(seconds));
  }

  private static String receipt(Params params) {
    String receipt = params.required("ReceiptHandle");
    if (!Settlement.isReceipt(receipt)) {
      throw new SqsException(
          SqsError.RECEIPT_HANDLE_IS_INVALID, "The input receipt handle is invalid.");
    }
    return receipt;
  }

  /**
   * The words for failures of a receipt.
   *
   * @param superseded what there is to say of one that is not of the last delivery
   */
  private static Function<Throwable, SqsException> ofReceipt(SqsError superseded) {
    return cause -> {
      Failure failure = Failure.of(cause);
      String message = String.valueOf(failure.getMessage());
      return switch (failure.code()) {
        case INVALID ->
            new SqsException(
                SqsError.RECEIPT_HANDLE_IS_INVALID, "The input receipt handle is invalid.");
        case FENCED, NOT_FOUND -> new SqsException(superseded, message);
        default -> SqsException.of(failure);
      };
    };
  }
}
