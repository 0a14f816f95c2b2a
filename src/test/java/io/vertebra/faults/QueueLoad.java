package io.vertebra.faults;

import io.vertebra.faults.QueueHistory.Acked;
import io.vertebra.faults.QueueHistory.Answer;
import io.vertebra.faults.QueueHistory.Delivered;
import io.vertebra.faults.QueueHistory.Name;
import io.vertebra.faults.QueueHistory.Sent;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Senders and receivers of some queues, each asking a node at random. */
final class QueueLoad {
  static final List<String> QUEUES = List.of("orders", "mails", "bills");
  static final List<String> GROUPS = List.of("default", "audit");
  static final int VISIBILITY_MS = 2_000;

  private static final int KEYS = 24;
  private static final int BATCH = 10;
  private static final Map<String, String> HEADERS =
      Map.of("Content-Type", "application/json", "Authorization", "Bearer " + VertebraNode.TOKEN);

  private final List<String> urls;
  private final QueueHistory history;
  private final AtomicInteger resent = new AtomicInteger();
  private final AtomicInteger returned = new AtomicInteger();
  private final AtomicInteger left = new AtomicInteger();
  private final AtomicBoolean sending = new AtomicBoolean(true);
  private final AtomicBoolean receiving = new AtomicBoolean(true);
  private final List<Thread> senders = new ArrayList<>();
  private final List<Thread> receivers = new ArrayList<>();

  QueueLoad(List<String> urls, QueueHistory history) {
    this.urls = urls;
    this.history = history;
  }

  /** Makes the queues. */
  void define() throws IOException {
    for (String queue : QUEUES) {
      JsonObject definition =
          new JsonObject()
              .put("visibilityMs", VISIBILITY_MS)
              .put("maxAttempts", 0)
              .put("backoff", new JsonObject().put("minMs", 20).put("maxMs", 200));
      expect(ask("PUT", urls.get(0) + "/queues/" + queue, definition));
      JsonObject group = new JsonObject().put("begin", "first");
      expect(ask("PUT", urls.get(0) + "/queues/" + queue + "/groups/audit", group));
    }
  }

  private static void expect(Http.Answer answer) throws IOException {
    if (answer.status() != 200) {
      throw new IOException(answer.toString());
    }
  }

  void start(long seed) {
    for (String queue : QUEUES) {
      Random random = new Random(seed + queue.hashCode());
      start(senders, queue + "-in-order", () -> sendInOrder(queue, random));
      start(senders, queue + "-at-once", () -> sendBatches(queue, random));
      for (String group : GROUPS) {
        for (int i = 0; i < 2; i++) {
          Random own = new Random(seed + queue.hashCode() + group.hashCode() + i);
          start(receivers, queue + "-" + group + "-" + i, () -> receive(queue, group, own));
        }
      }
    }
  }

  private static void start(List<Thread> threads, String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.start();
    threads.add(thread);
  }

  void stopSending() throws InterruptedException {
    sending.set(false);
    for (Thread thread : senders) {
      thread.join();
    }
  }

  void stopReceiving() throws InterruptedException {
    receiving.set(false);
    for (Thread thread : receivers) {
      thread.join();
    }
  }

  private static Http.Answer ask(String method, String url, JsonObject body) throws IOException {
    return Http.ask(method, url, HEADERS, method.equals("GET") ? "" : body.encode());
  }

  private String queue(String queue, Random random) {
    return urls.get(random.nextInt(urls.size())) + "/queues/" + queue;
  }

  /** The messages a queue has, as a node says. */
  long count(String queue) throws IOException {
    Http.Answer answer = ask("GET", urls.get(0) + "/queues/" + queue, new JsonObject());
    expect(answer);
    return answer.json().getLong("messages");
  }

  /** One message after the other, each sent again with its dedup id until it is taken. */
  private void sendInOrder(String queue, Random random) {
    for (int i = 0; sending.get(); i++) {
      Name name = new Name(queue, "k" + i % KEYS, i / KEYS, true);
      JsonObject message =
          new JsonObject()
              .put("body", name.body())
              .put("key", name.key())
              .put("dedupId", name.body());
      while (!sendOnce(queue, name, message, random)) {
        resent.incrementAndGet();
        rest(50);
      }
      rest(random.nextInt(20));
    }
  }

  private boolean sendOnce(String queue, Name name, JsonObject message, Random random) {
    try {
      Http.Answer answer = ask("POST", queue(queue, random) + "/messages", message);
      if (answer.status() == 200) {
        history.add(new Sent(name, answer.json().getString("id")));
        return true;
      }
      refuse(answer);
    } catch (IOException unknown) {
      // It is sent again.
    }
    return false;
  }

  private static void refuse(Http.Answer answer) {
    if (answer.status() != 503 && answer.status() != 504) {
      throw new IllegalStateException(answer.toString());
    }
  }

  /** Messages without keys and dedup ids, each sent once; whether it was taken may stay unknown. */
  private void sendBatches(String queue, Random random) {
    for (int i = 0; sending.get(); i++) {
      List<Name> names = new ArrayList<>();
      JsonArray messages = new JsonArray();
      for (int each = 0; each < BATCH / 2; each++) {
        Name name = new Name(queue, "batch" + each, i, false);
        names.add(name);
        messages.add(
            new JsonObject()
                .put("body", name.body())
                .put("priority", random.nextInt(10))
                .put("delayMs", random.nextInt(4) == 0 ? random.nextInt(500) : 0));
      }
      try {
        JsonObject body = new JsonObject().put("messages", messages);
        Http.Answer answer = ask("POST", queue(queue, random) + "/batch", body);
        if (answer.status() == 200) {
          List<JsonObject> items = objects(answer.json(), "items");
          for (int each = 0; each < items.size(); each++) {
            String id = items.get(each).getString("id");
            if (id != null) {
              history.add(new Sent(names.get(each), id));
            }
          }
        } else {
          refuse(answer);
        }
      } catch (IOException unknown) {
        rest(50);
      }
      rest(50 + random.nextInt(50));
    }
  }

  private static List<JsonObject> objects(JsonObject holder, String name) {
    return holder.getJsonArray(name).stream().map(JsonObject.class::cast).toList();
  }

  private void receive(String queue, String group, Random random) {
    while (receiving.get()) {
      try {
        long invoked = System.nanoTime();
        JsonObject wanted =
            new JsonObject().put("group", group).put("max", BATCH).put("waitMs", 1_000);
        Http.Answer answer = ask("POST", queue(queue, random) + "/receive", wanted);
        long now = System.nanoTime();
        if (answer.status() == 200) {
          List<JsonObject> messages = objects(answer.json(), "messages");
          messages.forEach(message -> add(queue, group, message, invoked, now));
          settle(queue, group, messages, random);
        } else {
          refuse(answer);
          rest(50);
        }
      } catch (IOException lost) {
        rest(50);
      }
    }
  }

  private void add(String queue, String group, JsonObject message, long invoked, long now) {
    history.add(
        new Delivered(
            Name.of(queue, message.getString("body")),
            group,
            message.getString("id"),
            message.getInteger("attempts"),
            invoked,
            now));
  }

  /** Most are acknowledged; some are returned, some left alone, and some receivers are too late. */
  private void settle(String queue, String group, List<JsonObject> messages, Random random) {
    Map<String, JsonObject> acks = new HashMap<>();
    JsonArray nacks = new JsonArray();
    for (JsonObject message : messages) {
      String receipt = message.getString("receipt");
      int chance = random.nextInt(200);
      if (chance < 8) {
        nacks.add(new JsonObject().put("receipt", receipt).put("delayMs", random.nextInt(100)));
        returned.incrementAndGet();
      } else if (chance < 10) {
        left.incrementAndGet();
      } else {
        acks.put(receipt, message);
      }
    }
    if (!nacks.isEmpty()) {
      nack(queue, nacks, random);
    }
    if (random.nextInt(200) == 0) {
      rest(VISIBILITY_MS + 500);
    }
    for (int tries = 0; tries < 5 && !acks.isEmpty(); tries++) {
      ack(queue, group, acks, random);
    }
  }

  private void nack(String queue, JsonArray items, Random random) {
    try {
      refuse200(ask("POST", queue(queue, random) + "/nack", new JsonObject().put("items", items)));
    } catch (IOException lost) {
      // They come again when their time is over.
    }
  }

  private static void refuse200(Http.Answer answer) {
    if (answer.status() != 200) {
      refuse(answer);
    }
  }

  /** Removes from {@code acks} what was answered. */
  private void ack(String queue, String group, Map<String, JsonObject> acks, Random random) {
    List<String> receipts = List.copyOf(acks.keySet());
    JsonArray items = new JsonArray();
    receipts.forEach(receipt -> items.add(new JsonObject().put("receipt", receipt)));
    long invoked = System.nanoTime();
    try {
      JsonObject body = new JsonObject().put("items", items);
      Http.Answer answer = ask("POST", queue(queue, random) + "/ack", body);
      long now = System.nanoTime();
      if (answer.status() == 200) {
        List<JsonObject> answers = objects(answer.json(), "items");
        for (int i = 0; i < answers.size(); i++) {
          Answer each = answer(answers.get(i));
          JsonObject message =
              each == Answer.UNKNOWN ? acks.get(receipts.get(i)) : acks.remove(receipts.get(i));
          acked(queue, group, message, each, invoked, now);
        }
        return;
      }
      refuse(answer);
    } catch (ConnectException | HttpConnectTimeoutException notAsked) {
      rest(50);
      return;
    } catch (IOException lost) {
      rest(50);
    }
    acks.values()
        .forEach(
            message -> acked(queue, group, message, Answer.UNKNOWN, invoked, System.nanoTime()));
  }

  /** One that is not found may have been acknowledged when no answer came. */
  private static Answer answer(JsonObject item) {
    String code = item.getString("code", "");
    if (code.isEmpty()) {
      return Answer.DONE;
    }
    return code.equals("fenced") ? Answer.FENCED : Answer.UNKNOWN;
  }

  private void acked(
      String queue, String group, JsonObject message, Answer answer, long invoked, long now) {
    history.add(
        new Acked(
            Name.of(queue, message.getString("body")),
            group,
            message.getInteger("attempts"),
            answer,
            invoked,
            now));
  }

  private static void rest(long millis) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  /** What was done how often besides what the history tells. */
  @Override
  public String toString() {
    return "{resent=%s, returned=%s, left alone=%s}".formatted(resent, returned, left);
  }
}
