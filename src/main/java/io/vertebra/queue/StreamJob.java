package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Feed;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One lasting connection that messages are pushed to, as long as its credit lasts: as many as that
 * are received and not settled. Credit comes back when a message is settled or its lease ends. When
 * the connection ends, what did not go out is given back as if it had never been received; what the
 * receiver of a WebSocket had not settled is returned, for nobody can be at work on it as far as
 * that shows; what came as server-sent events comes again when its lease ends, since it is settled
 * by other requests. Used on the context where it was made, but for {@link #settled}.
 */
final class StreamJob implements Feed {
  private static final Logger LOG = LoggerFactory.getLogger(StreamJob.class);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long PAUSE_MS = 1_000;
  private static final long LOOK_MS = 250;

  private final StreamsJob home;
  private final long number;
  private final StreamMessages request;
  private final boolean socket;
  private final Context context;

  /** Completes when nobody waits any more for what is being received. */
  private Promise<Void> left = Promise.promise();

  /** What was received and not settled, and until when it is given, by receipt. */
  private final Map<String, Instant> unsettled = new HashMap<>();

  private final Deque<ReceivedMessage> waiting = new ArrayDeque<>();

  /** What the last answer told, and nobody knows whether it went out. */
  private List<ReceivedMessage> telling = List.of();

  private @Nullable Promise<JsonObject> wanted;
  private @Nullable Throwable failure;
  private int credit;
  private boolean pulling;
  private boolean closed;
  private final long timer;

  StreamJob(StreamsJob home, long number, StreamMessages request, Operation.Manner manner) {
    this.home = home;
    this.number = number;
    this.request = request;
    this.socket = manner == Operation.Manner.SOCKET;
    this.context = home.vertx().getOrCreateContext();
    this.credit = request.credit();
    this.timer = home.vertx().setPeriodic(LOOK_MS, due -> lookForEnds());
  }

  @Override
  public Future<JsonObject> next() {
    telling = List.of();
    Promise<JsonObject> next = Promise.promise();
    wanted = next;
    answer();
    pull();
    return next.future();
  }

  @Override
  public JsonObject idle() {
    return new JsonObject();
  }

  private void answer() {
    Promise<JsonObject> next = wanted;
    if (next == null) {
      return;
    }
    if (failure != null) {
      wanted = null;
      next.fail(failure);
    } else if (!waiting.isEmpty()) {
      wanted = null;
      telling = List.copyOf(socket ? List.of(waiting.remove()) : waiting);
      if (!socket) {
        waiting.clear();
      }
      next.complete(told());
    }
  }

  private JsonObject told() {
    List<JsonObject> all = telling.stream().map(this::told).toList();
    boolean events = request.format() == StreamMessages.Format.CLOUDEVENT;
    String one = events ? "event" : "message";
    return socket
        ? new JsonObject().put("type", one).put(one, all.get(0))
        : new JsonObject().put(one + "s", new JsonArray(all));
  }

  private JsonObject told(ReceivedMessage message) {
    ReceivedMessage ticketed = message.with(home.ticket(message.receipt(), number));
    return request.format() == StreamMessages.Format.CLOUDEVENT
        ? EventMessages.toJson(request.queue(), ticketed)
        : ticketed.toJson();
  }

  private void pull() {
    int free = credit - unsettled.size();
    if (pulling || free <= 0 || !waiting.isEmpty() || closed || failure != null) {
      return;
    }
    pulling = true;
    Promise<Void> mine = Promise.promise();
    left = mine;
    home.queues()
        .receive(request.receive(free, PATIENCE), mine.future())
        .onComplete(done -> pulling = false)
        .onSuccess(messages -> received(messages, mine.future().isComplete()))
        .onFailure(this::failed);
  }

  private void received(List<ReceivedMessage> messages, boolean unwanted) {
    if (unwanted) {
      settle(messages, each -> Settlement.release(each.receipt()));
      pull();
      return;
    }
    for (ReceivedMessage message : messages) {
      unsettled.put(message.receipt(), message.visibleAt());
      waiting.add(message);
    }
    answer();
    pull();
  }

  private void failed(Throwable cause) {
    FailureCode code = Failure.of(cause).code();
    if (Set.of(FailureCode.UNAVAILABLE, FailureCode.TIMEOUT, FailureCode.CONFLICT).contains(code)) {
      LOG.debug("queue.stream waits queue={}", request.queue(), cause);
      long unused = home.vertx().setTimer(PAUSE_MS, due -> pull());
    } else {
      failure = cause;
      answer();
    }
  }

  /** Has a message need no credit any more, or for longer. Called from anywhere. */
  void settled(String receipt, Optional<Duration> longer) {
    context.runOnContext(
        now -> {
          if (longer.isEmpty()) {
            freed(receipt);
          } else {
            Instant until = home.clock().instant().plus(longer.get());
            Instant unused = unsettled.replace(receipt, until);
          }
        });
  }

  private void freed(String receipt) {
    if (unsettled.remove(receipt) != null) {
      boolean unused = waiting.removeIf(each -> each.receipt().equals(receipt));
      pull();
    }
  }

  /** What is given until now is told to nobody any more. */
  private void lookForEnds() {
    Instant now = home.clock().instant();
    List<String> over = new ArrayList<>();
    unsettled.forEach(
        (receipt, until) -> {
          if (!until.isAfter(now)) {
            over.add(receipt);
          }
        });
    over.forEach(this::freed);
  }

  @Override
  public Future<JsonObject> hear(JsonObject said) {
    return Future.succeededFuture(said).compose(this::heard);
  }

  private Future<JsonObject> heard(JsonObject said) {
    Object type = said.getValue("type");
    JsonObject rest = said.copy();
    rest.remove("type");
    rest.remove("id");
    Fields fields = Fields.of(rest);
    if ("credit".equals(type)) {
      int most =
          fields.integer("n", 0, StreamMessages.MAX_CREDIT).about("The new credit.").required();
      credit = fields.build(() -> most);
      // What waits for messages would take as many as before.
      left.tryComplete();
      pull();
      return Future.succeededFuture(new JsonObject().put("type", "credit").put("n", credit));
    }
    Settlement settlement =
        switch (String.valueOf(type)) {
          case "ack" -> Settlement.ackFrom(fields);
          case "nack" -> Settlement.nackFrom(fields);
          case "extend" -> Settlement.extendFrom(fields);
          default -> throw Failure.invalid("/type", "must be one of credit, ack, nack, extend");
        };
    return home.queues()
        .settle(request.queue(), List.of(settlement))
        .map(all -> all.get(0).get().toJson().put("type", "result"));
  }

  @Override
  public void close() {
    context.runOnContext(
        now -> {
          if (!closed) {
            closed = true;
            left.tryComplete();
            end();
          }
        });
  }

  private void end() {
    boolean unused = home.vertx().cancelTimer(timer);
    home.closed(number);
    List<ReceivedMessage> kept = new ArrayList<>(telling);
    kept.addAll(waiting);
    settle(kept, each -> Settlement.release(each.receipt()));
    kept.forEach(each -> unsettled.remove(each.receipt()));
    if (socket) {
      settle(
          List.copyOf(unsettled.keySet()),
          receipt -> Settlement.nack(receipt, Duration.ZERO, "the connection was closed"));
    }
  }

  private <T> void settle(List<T> all, Function<T, Settlement> settlement) {
    for (int from = 0; from < all.size(); from += QueueFields.MAX_BATCH) {
      List<T> some = all.subList(from, Math.min(all.size(), from + QueueFields.MAX_BATCH));
      home.queues()
          .settle(request.queue(), some.stream().map(settlement).toList())
          .onFailure(cause -> LOG.debug("queue.stream gives back later", cause));
    }
  }
}
