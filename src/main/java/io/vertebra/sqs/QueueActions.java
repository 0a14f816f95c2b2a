package io.vertebra.sqs;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.queue.DefineQueue;
import io.vertebra.queue.QueueDefinition;
import io.vertebra.queue.QueueService;
import io.vertebra.queue.QueueView;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** The actions on queues. */
final class QueueActions {
  private static final int TRIES = 5;
  private static final int MAX_TAGS = 50;
  private static final int MAX_TAG = 256;
  private static final int MAX_TAG_NAME = 128;

  private final QueueNames names;
  private final KnownQueues known;
  private final Clock clock;

  QueueActions(QueueNames names, KnownQueues known, Clock clock) {
    this.names = names;
    this.known = known;
    this.clock = clock;
  }

  Map<String, Action> byName() {
    return Map.ofEntries(
        Map.entry("CreateQueue", this::create),
        Map.entry("GetQueueUrl", this::url),
        Map.entry("DeleteQueue", this::delete),
        Map.entry("PurgeQueue", this::purge),
        Map.entry("GetQueueAttributes", this::attributes),
        Map.entry("SetQueueAttributes", this::setAttributes),
        Map.entry("TagQueue", this::tag),
        Map.entry("UntagQueue", this::untag),
        Map.entry("ListQueueTags", this::tags),
        Map.entry("AddPermission", QueueActions::notOffered),
        Map.entry("RemovePermission", QueueActions::notOffered));
  }

  private static Future<JsonObject> notOffered(Asked asked) {
    throw new SqsException(
        SqsError.UNSUPPORTED_OPERATION, "Who may do what is said by roles of this server.");
  }

  private Future<JsonObject> create(Asked asked) {
    String queue = QueueNames.checked(asked.params().required("QueueName"));
    Map<String, String> attributes = asked.params().words("Attributes");
    Map<String, String> tags = tagged(asked.params().words("tags"));
    if (QueueNames.isFifo(queue) && !"true".equals(attributes.get(QueueAttributes.FIFO))) {
      throw SqsException.invalid(
          "QueueName", queue, "Only the name of a FIFO queue can end with .fifo");
    }
    QueueDefinition any = QueueAttributes.defaults(DefineQueue.of(queue).definition());
    QueueDefinition wanted =
        withTags(stamped(QueueAttributes.set(queue, any, attributes), true), tags);
    return requireTarget(asked.queues(), queue, attributes, wanted)
        .compose(unused -> asked.queues().define(new DefineQueue(queue, wanted, Optional.of(0L))))
        .recover(
            cause ->
                Failure.of(cause).code() == FailureCode.STALE
                    ? asked.queues().get(queue).map(there -> same(there, attributes))
                    : Future.failedFuture(ofCreation(cause)))
        .map(view -> urlOf(asked, queue));
  }

  private static Throwable ofCreation(Throwable cause) {
    Failure failure = Failure.of(cause);
    return failure.code() == FailureCode.LIMITED
        ? new SqsException(SqsError.OVER_LIMIT, String.valueOf(failure.getMessage()))
        : cause;
  }

  /** A queue that is there already, if it is as wanted. */
  private QueueView same(QueueView there, Map<String, String> attributes) {
    QueueDefinition set = QueueAttributes.set(there.name(), there.definition(), attributes);
    Map<String, String> present = QueueAttributes.of(there.name(), there.definition(), names);
    Map<String, String> wanted = QueueAttributes.of(there.name(), set, names);
    for (String name : attributes.keySet()) {
      if (!wanted.getOrDefault(name, "").equals(present.getOrDefault(name, ""))) {
        throw new SqsException(
            SqsError.QUEUE_NAME_EXISTS,
            "A queue already exists with the same name and a different value for attribute "
                + name);
      }
    }
    return there;
  }

  private QueueDefinition stamped(QueueDefinition definition, boolean created) {
    String now = Long.toString(clock.instant().getEpochSecond());
    QueueDefinition changed = QueueAttributes.label(definition, QueueAttributes.MODIFIED, now);
    return created ? QueueAttributes.label(changed, QueueAttributes.CREATED, now) : changed;
  }

  /** Dead letters go to a queue that is there and of the same kind. */
  private static Future<Void> requireTarget(
      QueueService queues, String queue, Map<String, String> set, QueueDefinition wanted) {
    Optional<String> target = wanted.deadLetter();
    if (target.isEmpty() || set.getOrDefault("RedrivePolicy", "").isEmpty()) {
      return Future.succeededFuture();
    }
    if (QueueNames.isFifo(target.get()) != QueueNames.isFifo(queue)) {
      throw QueueAttributes.unfit(
          "RedrivePolicy", " Reason: Dead-letter queue must be same type of queue as the source.");
    }
    return queues
        .get(target.get())
        .recover(
            cause ->
                Failure.of(cause).code() == FailureCode.NOT_FOUND
                    ? Future.failedFuture(
                        QueueAttributes.unfit(
                            "RedrivePolicy", " Reason: Dead letter target does not exist."))
                    : Future.failedFuture(cause))
        .mapEmpty();
  }

  private JsonObject urlOf(Asked asked, String queue) {
    known.forget(queue);
    return new JsonObject().put("QueueUrl", names.url(asked.base(), queue));
  }

  private Future<JsonObject> url(Asked asked) {
    String queue = QueueNames.checked(asked.params().required("QueueName"));
    return asked.queues().get(queue).map(view -> urlOf(asked, queue));
  }

  private Future<JsonObject> delete(Asked asked) {
    String queue = asked.params().queue();
    return asked
        .queues()
        .delete(queue)
        .onComplete(done -> known.forget(queue))
        .map(done -> new JsonObject());
  }

  private Future<JsonObject> purge(Asked asked) {
    return asked.queues().purge(asked.params().queue()).map(removed -> new JsonObject());
  }

  private Future<JsonObject> attributes(Asked asked) {
    List<String> wanted = asked.params().texts("AttributeNames");
    List<String> knownNames = QueueAttributes.known();
    for (String name : wanted) {
      if (!name.equals("All") && !knownNames.contains(name)) {
        throw QueueAttributes.unknown(name);
      }
    }
    return asked
        .queues()
        .get(asked.params().queue())
        .map(
            view -> {
              Map<String, String> all = QueueAttributes.of(view.name(), view.definition(), names);
              all.putAll(QueueCounts.of(view));
              if (!wanted.contains("All")) {
                all.keySet().retainAll(wanted);
              }
              return all.isEmpty()
                  ? new JsonObject()
                  : new JsonObject().put("Attributes", new JsonObject(new TreeMap<>(all)));
            });
  }

  private Future<JsonObject> setAttributes(Asked asked) {
    Map<String, String> attributes = asked.params().words("Attributes");
    String queue = asked.params().queue();
    if (attributes.isEmpty()) {
      throw SqsException.missing("Attributes");
    }
    return change(
        asked,
        queue,
        attributes,
        present -> stamped(QueueAttributes.set(queue, present, attributes), false));
  }

  private Future<JsonObject> change(
      Asked asked,
      String queue,
      Map<String, String> attributes,
      UnaryOperator<QueueDefinition> change) {
    return change(asked.queues(), queue, attributes, change, TRIES)
        .onComplete(done -> known.forget(queue))
        .map(done -> new JsonObject());
  }

  private static Future<QueueView> change(
      QueueService queues,
      String queue,
      Map<String, String> attributes,
      UnaryOperator<QueueDefinition> change,
      int tries) {
    return queues
        .get(queue)
        .compose(
            view -> {
              QueueDefinition wanted = change.apply(view.definition());
              return requireTarget(queues, queue, attributes, wanted)
                  .compose(
                      unused ->
                          queues.define(
                              new DefineQueue(queue, wanted, Optional.of(view.revision()))));
            })
        .recover(
            cause ->
                tries > 1 && Failure.of(cause).code() == FailureCode.STALE
                    ? change(queues, queue, attributes, change, tries - 1)
                    : Future.failedFuture(cause));
  }

  private Future<JsonObject> tag(Asked asked) {
    Map<String, String> tags = tagged(asked.params().words("Tags"));
    return change(asked, asked.params().queue(), Map.of(), present -> withTags(present, tags));
  }

  private Future<JsonObject> untag(Asked asked) {
    List<String> keys = asked.params().texts("TagKeys");
    return change(
        asked,
        asked.params().queue(),
        Map.of(),
        present -> {
          Map<String, String> labels = new TreeMap<>(present.labels());
          labels
              .keySet()
              .removeIf(name -> keys.contains(name) && !name.startsWith(QueueAttributes.OWN));
          return present.labelled(labels);
        });
  }

  private Future<JsonObject> tags(Asked asked) {
    return asked
        .queues()
        .get(asked.params().queue())
        .map(view -> QueueAttributes.tags(view.definition()))
        .map(
            tags ->
                tags.isEmpty()
                    ? new JsonObject()
                    : new JsonObject().put("Tags", new JsonObject(new TreeMap<>(tags))));
  }

  private static Map<String, String> tagged(Map<String, String> tags) {
    tags.forEach(
        (name, value) -> {
          boolean reserved = name.startsWith(QueueAttributes.OWN);
          if (name.isEmpty() || name.length() > MAX_TAG_NAME || reserved) {
            throw SqsException.invalid("Tags", name, "A tag key has 1 to 128 characters, not aws:");
          }
          if (value.length() > MAX_TAG) {
            throw SqsException.invalid("Tags", name, "A tag value has at most 256 characters");
          }
        });
    return tags;
  }

  private static QueueDefinition withTags(QueueDefinition present, Map<String, String> tags) {
    Map<String, String> labels = new TreeMap<>(present.labels());
    labels.putAll(tags);
    QueueDefinition changed = present.labelled(labels);
    if (QueueAttributes.tags(changed).size() > MAX_TAGS) {
      throw SqsException.invalid("Tags", tags.keySet(), "A queue has at most 50 tags");
    }
    return changed;
  }
}
