package io.vertebra.queue;

import static io.vertebra.queue.QueueMeters.Event.DUPLICATE;
import static io.vertebra.queue.QueueMeters.Event.REFUSED;
import static io.vertebra.queue.QueueMeters.Event.SENT;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.jspecify.annotations.Nullable;

/**
 * Takes messages into a queue. Those with a dedup id go in transactions, which only the owner can
 * commit, so that no two owners take the same one.
 */
final class KafkaSendJob {
  private static final int SWEPT_AT_ONCE = 1_000;

  private final KafkaQueueJob queue;
  private final KafkaQueuesJob owner;
  private final DedupIds dedups = new DedupIds();
  private final Map<String, Future<SentMessage>> coming = new HashMap<>();
  private @Nullable Future<Void> learned;
  private int underWay;

  /** A message on its way. */
  private record Made(StoredMessage message, ProducerRecord<byte[], byte[]> made) {}

  KafkaSendJob(KafkaQueueJob queue) {
    this.queue = queue;
    this.owner = queue.owner();
  }

  Future<List<Outcome<SentMessage>>> sendAll(List<NewMessage> messages) {
    boolean dedup =
        messages.stream().anyMatch(each -> each.dedupId().isPresent())
            && !queue.definition().dedupWindow().isZero();
    Future<List<Future<SentMessage>>> sent =
        (dedup ? learned() : Future.<Void>succeededFuture())
            .compose(known -> owner.roomForIds())
            .map(
                room ->
                    dedup ? messages.stream().map(this::sendOnce).toList() : sendPlain(messages));
    return sent.compose(
        items ->
            Future.all(
                    items.stream()
                        .map(item -> item.map(Outcome::of).otherwise(Outcome::failed))
                        .toList())
                .map(all -> all.list()));
  }

  private List<Future<SentMessage>> sendPlain(List<NewMessage> messages) {
    List<Future<SentMessage>> answers = new ArrayList<>(messages.size());
    List<Made> made = new ArrayList<>(messages.size());
    List<Integer> places = new ArrayList<>(messages.size());
    for (NewMessage message : messages) {
      try {
        made.add(make(message));
        places.add(answers.size());
        answers.add(Future.failedFuture("not sent"));
      } catch (Failure refusal) {
        answers.add(Future.failedFuture(refusal));
      }
    }
    List<Future<RecordMetadata>> sent = owner.writer().send(made.stream().map(Made::made).toList());
    for (int i = 0; i < sent.size(); i++) {
      StoredMessage message = made.get(i).message();
      answers.set(places.get(i), sent.get(i).map(List::of).map(written -> took(message, written)));
      sent.get(i).onComplete(done -> underWay--);
    }
    return answers;
  }

  private SentMessage took(StoredMessage message, List<RecordMetadata> written) {
    queue.came(written);
    queue.counts().add(SENT, 1);
    return new SentMessage(MessageIds.text(message.id()), false);
  }

  /** Checks a message, which is under way from then on. */
  private Made make(NewMessage message) {
    int most = owner.options().maxMessageBytes();
    if (message.body().length() > most) {
      throw new Failure(FailureCode.TOO_LARGE, "the body is longer than " + most + " bytes");
    }
    if (message.headers().keySet().stream().anyMatch(KafkaMessage::isOurs)) {
      throw Failure.invalid(
          "/headers",
          "must not be content-type or begin with vertebra-, which Kafka's records have besides");
    }
    if (queue.messages() + underWay >= queue.definition().maxMessages()) {
      queue.counts().add(REFUSED, 1);
      throw new Failure(FailureCode.LIMITED, "queue " + queue.name() + " is full");
    }
    StoredMessage stored =
        StoredMessage.of(message, owner.nextId(), owner.now(), queue.definition());
    Made made = new Made(stored, KafkaMessage.toRecord(queue.name(), stored, message.body()));
    underWay++;
    return made;
  }

  private Future<SentMessage> sendOnce(NewMessage message) {
    Optional<String> dedupId = message.dedupId();
    if (dedupId.isEmpty()) {
      return write(message);
    }
    String id = dedupId.get();
    DedupIds.Mark mark = dedups.find(id, owner.now());
    if (mark != null) {
      queue.counts().add(DUPLICATE, 1);
      return Future.succeededFuture(new SentMessage(MessageIds.text(mark.message()), true));
    }
    Future<SentMessage> first = coming.get(id);
    if (first != null) {
      return first.map(sent -> new SentMessage(sent.id(), true));
    }
    int most = owner.options().maxDedupIds();
    if (dedups.size() + coming.size() >= most) {
      queue.counts().add(REFUSED, 1);
      return Failure.future(
          FailureCode.LIMITED, "the queue remembers " + most + " dedup ids, which is the most");
    }
    Future<SentMessage> sent = write(message).onSuccess(done -> remember(id, done));
    if (!sent.isComplete()) {
      coming.put(id, sent);
      sent.onComplete(done -> coming.remove(id));
    }
    return sent;
  }

  private void remember(String dedupId, SentMessage sent) {
    long id = QueueFields.number(sent.id());
    remember(dedupId, id);
  }

  private void remember(String dedupId, long id) {
    long until = MessageIds.millis(id) + queue.definition().dedupWindow().toMillis();
    dedups.put(dedupId, new DedupIds.Mark(id, until));
  }

  private Future<SentMessage> write(NewMessage message) {
    Made made;
    try {
      made = make(message);
    } catch (Failure refusal) {
      return Future.failedFuture(refusal);
    }
    return owner
        .writer()
        .commit(KafkaStep.write(made.made()))
        .onComplete(done -> underWay--)
        .map(written -> took(made.message(), written));
  }

  /** Completes once the dedup ids are known of what was sent within the window. */
  private Future<Void> learned() {
    Future<Void> known = learned;
    if (known != null && !known.failed()) {
      return known;
    }
    Future<Void> learning =
        owner
            .scan()
            .dedupIds(
                queue,
                owner.now() - queue.definition().dedupWindow().toMillis(),
                owner.options().maxDedupIds())
            .onSuccess(found -> found.forEach(this::remember))
            .mapEmpty();
    learned = learning;
    return learning;
  }

  /** Forgets dedup ids. */
  void forget() {
    dedups.clear();
  }

  /** Forgets dedup ids whose time is over. */
  void sweep(long now) {
    List<String> unused = dedups.pollOver(now, SWEPT_AT_ONCE);
  }
}
