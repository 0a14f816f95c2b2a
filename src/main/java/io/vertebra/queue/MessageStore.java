package io.vertebra.queue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvRules;
import io.vertebra.kv.KvService;
import io.vertebra.kv.RangeRequest;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads messages, and says how they are written. The owner's node has what the owner wrote. */
final class MessageStore {
  private static final int PART_BYTES = KvRules.MAX_VALUE_BYTES;

  /** Of messages and deliveries, in one scan. */
  static final int SCAN_KEYS = 2_000;

  private final KvService kv;

  MessageStore(KvService kv) {
    this.kv = kv;
  }

  /**
   * A message and how it stands.
   *
   * @param deliveries by the number of the group
   */
  record Row(StoredMessage message, Map<Integer, StoredDelivery> deliveries) {}

  /**
   * Messages in the order of their ids.
   *
   * @param next the first id of those that follow; 0 if there are none
   */
  record Part(List<Row> rows, long next) {}

  /** A message with its body. */
  record Whole(StoredMessage message, Bytes body) {

    Message toMessage() {
      return message.with(body);
    }
  }

  @CanIgnoreReturnValue
  static Change put(Change change, long queue, StoredMessage message, Bytes body) {
    change.put(QueueKeys.message(queue, message.id()), message.encode());
    for (int part = 0; part < parts(body.length()); part++) {
      int from = part * PART_BYTES;
      byte[] bytes =
          Arrays.copyOfRange(body.unsafeArray(), from, Math.min(body.length(), from + PART_BYTES));
      change.put(QueueKeys.bodyPart(queue, message.id(), part), Bytes.wrap(bytes));
    }
    return change;
  }

  private static int parts(int bytes) {
    return (bytes + PART_BYTES - 1) / PART_BYTES;
  }

  /** A message; empty if it is gone. */
  Future<Optional<Whole>> read(long queue, long id) {
    return get(QueueKeys.message(queue, id))
        .compose(
            found -> {
              if (found.isEmpty()) {
                return Future.succeededFuture(Optional.<Whole>empty());
              }
              StoredMessage message = StoredMessage.decode(id, found.get().value());
              return body(queue, message).map(body -> body.map(bytes -> new Whole(message, bytes)));
            });
  }

  private Future<Optional<Bytes>> body(long queue, StoredMessage message) {
    List<Future<Optional<KvEntry>>> parts = new ArrayList<>();
    for (int part = 0; part < parts(message.bodyBytes()); part++) {
      parts.add(get(QueueKeys.bodyPart(queue, message.id(), part)));
    }
    return Future.all(parts).map(all -> joined(message.bodyBytes(), all.list()));
  }

  private static Optional<Bytes> joined(int bytes, List<Optional<KvEntry>> parts) {
    ByteBuffer body = ByteBuffer.allocate(bytes);
    for (Optional<KvEntry> part : parts) {
      if (part.isEmpty()) {
        return Optional.empty();
      }
      body.put(part.get().value().unsafeArray());
    }
    return Optional.of(Bytes.wrap(body.array()));
  }

  /** What has been written so far, whoever wrote it, will be read from now on. */
  Future<Void> catchUp(long queue) {
    return kv.get(QueueKeys.messages(queue)).mapEmpty();
  }

  /**
   * Messages from an id on.
   *
   * @param keys most keys read, those of deliveries included; at least one message's
   */
  Future<Part> scan(long queue, long from, int keys) {
    KeyRange all = KeyRange.prefix(QueueKeys.messages(queue));
    KeyRange rest = new KeyRange(QueueKeys.message(queue, from), all.to());
    return kv.range(RangeRequest.all(rest).limited(keys).locally())
        .map(result -> part(result.entries(), result.more()));
  }

  private static Part part(List<KvEntry> entries, boolean more) {
    List<Row> rows = new ArrayList<>();
    for (KvEntry entry : entries) {
      Bytes key = entry.key();
      if (QueueKeys.isMessage(key)) {
        StoredMessage message = StoredMessage.decode(QueueKeys.id(key), entry.value());
        rows.add(new Row(message, new HashMap<>()));
      } else if (!rows.isEmpty() && rows.get(rows.size() - 1).message().id() == QueueKeys.id(key)) {
        rows.get(rows.size() - 1).deliveries().put(QueueKeys.group(key), delivery(entry));
      }
    }
    if (!more || rows.size() < 2) {
      return new Part(rows, 0);
    }
    Row cut = rows.remove(rows.size() - 1);
    return new Part(rows, cut.message().id());
  }

  private static StoredDelivery delivery(KvEntry entry) {
    return QueueKeys.isAcknowledged(entry.key())
        ? StoredDelivery.DONE
        : StoredDelivery.decode(entry.value());
  }

  /** The dedup ids of a queue that are kept. */
  Future<List<KvEntry>> dedups(long queue) {
    return kv.all(KeyRange.prefix(QueueKeys.dedups(queue))).map(result -> result.entries());
  }

  private Future<Optional<KvEntry>> get(Bytes key) {
    return kv.range(RangeRequest.one(key).locally()).map(result -> result.first());
  }
}
