package io.vertebra.queue;

import io.micrometer.core.instrument.Gauge;
import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.kv.Compare;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Op;
import io.vertebra.kv.OutboxJson;
import io.vertebra.kv.OutboxJson.Letter;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.Txn;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the messages of transactions, on the node that leads their store, to each queue in the
 * order of the transactions. Each has a dedup id of its own, so that one that was sent and not yet
 * removed from the outbox is not sent twice.
 *
 * <p>The outbox is gone through in rounds. What a queue refuses stays for the next one, and so does
 * what is for the same queue after it. What can never be sent stays as well, but nothing waits for
 * it.
 */
final class OutboxJob {
  private static final Logger LOG = LoggerFactory.getLogger(OutboxJob.class);
  private static final long EVERY_MS = 20;
  private static final long AGAIN_NANOS = 1_000_000_000L;

  /** So much longer it is to the next round for each entry that stays, to bound what that costs. */
  private static final long PER_ENTRY_NANOS = 100_000;

  private static final int AT_ONCE = 1_000;

  private final Vertx vertx;
  private final KvService kv;
  private final QueueService queues;
  private final LongSupplier nanoTime;
  private final AtomicInteger waiting = new AtomicInteger();

  /** The one that is under way, or waits for new entries; null if this node does not lead. */
  private @Nullable Round round;

  private boolean running;
  private long timer;

  /** Goes through the outbox once. */
  private static final class Round {
    final long begun;

    /** Queues of which it was told before that they refuse something. */
    final Set<String> known;

    /** What was not looked at yet. */
    KeyRange rest = OutboxJson.ALL;

    /** Entries before that which stay. */
    int left;

    /** Queues that refuse something. */
    final Set<String> refusing = new HashSet<>();

    /** Those of them that may take it later, so that nothing may pass it. */
    final Set<String> blocked = new HashSet<>();

    Round(long begun, Set<String> known) {
      this.begun = begun;
      this.known = known;
    }

    boolean isOver(long now) {
      return now - begun >= AGAIN_NANOS + left * PER_ENTRY_NANOS;
    }
  }

  /**
   * @param kv whose transactions send messages
   */
  OutboxJob(Kernel kernel, KvService kv, QueueService queues, LongSupplier nanoTime) {
    this.vertx = kernel.vertx();
    this.kv = kv;
    this.queues = queues;
    this.nanoTime = nanoTime;
    Gauge.builder("vertebra.queue.outbox", waiting, AtomicInteger::get)
        .description("Transactions whose messages are not sent yet")
        .register(kernel.meters());
  }

  void start() {
    timer = vertx.setPeriodic(EVERY_MS, due -> look());
  }

  void stop() {
    vertx.cancelTimer(timer);
  }

  private void look() {
    if (running) {
      return;
    }
    if (!kv.status().isLeader()) {
      waiting.set(0);
      round = null;
      return;
    }
    running = true;
    Round now = present();
    Future.succeededFuture()
        .compose(unused -> kv.range(RangeRequest.all(now.rest).limited(AT_ONCE).locally()))
        .onSuccess(found -> sendAll(now, found.entries().iterator(), found.more()))
        .onFailure(
            cause -> {
              LOG.debug("queue.outbox not read", cause);
              running = false;
            });
  }

  private Round present() {
    long now = nanoTime.getAsLong();
    Round known = round;
    if (known == null || known.isOver(now)) {
      known = new Round(now, known == null ? Set.of() : known.refusing);
      round = known;
    }
    return known;
  }

  /** A loop, since as many futures inside each other would be too deep. */
  private void sendAll(Round now, Iterator<KvEntry> entries, boolean more) {
    while (entries.hasNext() && kv.status().isLeader()) {
      Future<?> sent = send(now, entries.next());
      if (!sent.isComplete()) {
        sent.onComplete(done -> sendAll(now, entries, more));
        return;
      }
    }
    if (!more) {
      waiting.set(now.left);
    }
    running = false;
  }

  private Future<?> send(Round now, KvEntry entry) {
    now.rest = new KeyRange(entry.key().successor(), OutboxJson.ALL.to());
    return Future.succeededFuture(entry)
        .map(OutboxJson::letters)
        .onFailure(cause -> refused(now, entry, "", cause))
        .compose(letters -> send(now, entry, letters))
        .onFailure(cause -> now.left++)
        .onFailure(cause -> LOG.debug("queue.outbox keeps an entry", cause))
        .otherwiseEmpty();
  }

  private Future<?> send(Round now, KvEntry entry, List<Letter> letters) {
    List<Letter> kept = new ArrayList<>();
    Map<String, Future<Void>> last = new HashMap<>();
    for (int i = 0; i < letters.size(); i++) {
      String id = "tx-" + HexFormat.of().toHexDigits(entry.createRevision()) + "-" + i;
      Letter letter = letters.get(i).once(id);
      Future<Void> before = last.getOrDefault(letter.queue(), Future.succeededFuture());
      last.put(letter.queue(), before.compose(sent -> send(now, entry, letter, kept)));
    }
    return Future.all(List.copyOf(last.values()))
        .compose(sent -> keep(now, entry, kept, letters.size()));
  }

  private Future<Void> send(Round now, KvEntry entry, Letter letter, List<Letter> kept) {
    if (now.blocked.contains(letter.queue())) {
      kept.add(letter);
      return Future.succeededFuture();
    }
    return Future.succeededFuture(letter)
        .map(known -> NewMessage.from(Fields.of(known.message())))
        .compose(message -> queues.send(letter.queue(), List.of(message)))
        .map(all -> all.get(0).get())
        .onFailure(cause -> kept.add(letter))
        .onFailure(cause -> refused(now, entry, letter.queue(), cause))
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  private static void refused(Round now, KvEntry entry, String queue, Throwable cause) {
    switch (Failure.of(cause).code()) {
      case INVALID, TOO_LARGE, INTERNAL -> {}
      default -> now.blocked.add(queue);
    }
    if (now.refusing.add(queue) && !now.known.contains(queue)) {
      LOG.warn(
          "queue.outbox cannot send a message of revision={} to queue={}, tries again: {}",
          entry.createRevision(),
          queue,
          cause.getMessage());
    }
  }

  /** Keeps of an entry what was not sent. */
  private Future<?> keep(Round now, KvEntry entry, List<Letter> kept, int all) {
    if (kept.isEmpty()) {
      return kv.delete(entry.key());
    }
    if (kept.size() == all) {
      now.left++;
      return Future.succeededFuture();
    }
    // Of two leaders the one that read it before the other changed it must not bring it back.
    Compare same = Compare.modifiedAt(entry.key(), entry.modRevision());
    return kv.txn(Txn.when(same, Op.put(entry.key(), OutboxJson.value(kept))))
        .onSuccess(written -> now.left++);
  }
}
