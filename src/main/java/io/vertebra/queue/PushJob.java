package io.vertebra.queue;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the messages of a queue to addresses of the event bus, as many at a time as their credit
 * says. Where nobody hears, one message a second tries whether somebody does, and no attempt is
 * counted; after a while the subscription ends. What is for a server goes to the address of {@link
 * WebhooksJob} on this node, which answers with a {@link PushOutcome}; while the server wants to
 * rest nothing more is sent. Used on the owner's context.
 */
final class PushJob {
  private static final Logger LOG = LoggerFactory.getLogger(PushJob.class);
  static final int MAX_SUBSCRIPTIONS = 100;
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration MARGIN = Duration.ofSeconds(2);
  private static final long PAUSE_MS = 1_000;

  private final Source queue;
  private final List<Push> pushes = new ArrayList<>();

  /** The queue whose messages they are, at its owner. */
  interface Source {
    Vertx vertx();

    /** Milliseconds since 1970. */
    long now();

    /** After this a subscription ends whose address nobody hears. */
    Duration idle();

    boolean isClosed();

    Future<List<ReceivedMessage>> receive(ReceiveMessages request, Future<Void> gone);

    Future<?> settle(Settlement settlement);

    /**
     * Takes back a message without counting the attempt.
     *
     * @param rest milliseconds before it comes again
     */
    Future<?> release(String receipt, long rest);

    /** Has a subscription be no more. */
    Future<?> end(String group, String address);

    /** Takes note of something that failed and will be tried again. */
    void note(String what, Throwable cause);
  }

  PushJob(Source queue) {
    this.queue = queue;
  }

  static StoredQueue with(StoredQueue stored, Subscription wanted) {
    if (stored.group(wanted.group()).isEmpty()) {
      throw new Failure(
          FailureCode.NOT_FOUND, "queue " + stored.name() + " has no group " + wanted.group());
    }
    List<Subscription> all = new ArrayList<>(stored.subscriptions());
    all.removeIf(wanted::isLike);
    all.add(wanted);
    if (all.size() > MAX_SUBSCRIPTIONS) {
      throw new Failure(
          FailureCode.LIMITED,
          "the queue has " + MAX_SUBSCRIPTIONS + " subscriptions, which is the most");
    }
    return stored.subscribed(all);
  }

  static StoredQueue without(StoredQueue stored, String group, String address) {
    List<Subscription> rest =
        stored.subscriptions().stream()
            .filter(each -> !each.group().equals(group) || !each.address().equals(address))
            .toList();
    if (rest.size() == stored.subscriptions().size()) {
      throw new Failure(
          FailureCode.NOT_FOUND,
          "queue " + stored.name() + " has no subscription of " + address + " for " + group);
    }
    return stored.subscribed(rest);
  }

  /** Serves these subscriptions and no others. */
  void follow(List<Subscription> wanted) {
    pushes.removeIf(push -> push.endUnless(wanted));
    for (Subscription subscription : wanted) {
      if (pushes.stream().noneMatch(push -> push.subscription.equals(subscription))) {
        Push push = new Push(subscription);
        pushes.add(push);
        push.pull();
      }
    }
  }

  void stop() {
    follow(List.of());
  }

  /** One subscription that is served. */
  private final class Push {
    final Subscription subscription;
    final Promise<Void> ended = Promise.promise();

    /** Since when nobody heard, in milliseconds since 1970; 0 if somebody did. */
    long unheardSince;

    /** Until when the server wants to rest, in milliseconds since 1970. */
    long restsUntil;

    int unanswered;
    boolean pulling;

    Push(Subscription subscription) {
      this.subscription = subscription;
    }

    boolean endUnless(List<Subscription> wanted) {
      if (wanted.contains(subscription)) {
        return false;
      }
      ended.tryComplete();
      return true;
    }

    private boolean isEnded() {
      return ended.future().isComplete() || queue.isClosed();
    }

    void pull() {
      int credit = (unheardSince == 0 ? subscription.credit() : 1) - unanswered;
      if (pulling || credit <= 0 || isEnded()) {
        return;
      }
      if (queue.now() < restsUntil) {
        later();
        return;
      }
      pulling = true;
      ReceiveMessages request =
          new ReceiveMessages(
              subscription.queue(),
              subscription.group(),
              Math.min(credit, QueueFields.MAX_BATCH),
              PATIENCE,
              Optional.of(subscription.timeout().plus(MARGIN)));
      queue
          .receive(request, ended.future())
          .onComplete(done -> pulling = false)
          .onSuccess(
              messages -> {
                if (isEnded()) {
                  messages.forEach(message -> release(message, 0));
                } else {
                  messages.forEach(this::push);
                  pull();
                }
              })
          .onFailure(
              cause -> {
                queue.note("push", cause);
                later();
              });
    }

    private void later() {
      if (!isEnded()) {
        queue.vertx().setTimer(PAUSE_MS, due -> pull());
      }
    }

    private void push(ReceivedMessage message) {
      unanswered++;
      DeliveryOptions options =
          new DeliveryOptions()
              .setSendTimeout(subscription.timeout().toMillis())
              .addHeader("queue", subscription.queue())
              .addHeader("group", subscription.group())
              .addHeader("id", message.message().id());
      boolean posted = subscription.webhook().isPresent();
      if (posted) {
        options
            .setLocalOnly(true)
            .addHeader(WebhooksJob.SUBSCRIPTION, subscription.toJson().encode());
      }
      queue
          .vertx()
          .eventBus()
          .<Object>request(
              posted ? WebhooksJob.ADDRESS : subscription.address(), message.toJson(), options)
          .onComplete(
              reply -> {
                unanswered--;
                if (reply.failed()) {
                  failed(message, reply.cause());
                } else if (posted) {
                  answered(message, PushOutcome.from((JsonObject) reply.result().body()));
                } else {
                  heard(Settlement.ack(message.receipt()));
                }
              });
    }

    private void answered(ReceivedMessage message, PushOutcome outcome) {
      if (outcome.done()) {
        heard(Settlement.ack(message.receipt()));
      } else if (outcome.over()) {
        LOG.info(
            "queue.subscription ended queue={} group={} url={}: {}",
            subscription.queue(),
            subscription.group(),
            subscription.address(),
            outcome.reason());
        release(message, 0);
        end();
      } else if (outcome.rest().isPresent()) {
        Duration rest = outcome.rest().get();
        restsUntil = Math.max(restsUntil, queue.now() + rest.toMillis());
        heard(Settlement.nack(message.receipt(), rest, outcome.reason()));
      } else {
        heard(Settlement.nack(message.receipt(), outcome.reason()));
      }
    }

    private void failed(ReceivedMessage message, Throwable cause) {
      if (cause instanceof ReplyException reply
          && reply.failureType() == ReplyFailure.NO_HANDLERS) {
        unheard(message);
      } else {
        String reason = String.valueOf(cause.getMessage());
        int length = Math.min(reason.length(), QueueFields.MAX_REASON);
        heard(Settlement.nack(message.receipt(), reason.substring(0, length)));
      }
    }

    private void heard(Settlement settlement) {
      unheardSince = 0;
      queue.settle(settlement).onFailure(cause -> queue.note("push settle", cause));
      pull();
    }

    private void unheard(ReceivedMessage message) {
      long now = queue.now();
      unheardSince = unheardSince == 0 ? now : unheardSince;
      release(message, PAUSE_MS);
      boolean idle = now - unheardSince >= queue.idle().toMillis();
      if (idle && subscription.webhook().isEmpty()) {
        end();
      } else {
        later();
      }
    }

    private void release(ReceivedMessage message, long rest) {
      queue.release(message.receipt(), rest).onFailure(cause -> queue.note("push release", cause));
    }

    private void end() {
      ended.tryComplete();
      queue
          .end(subscription.group(), subscription.address())
          .onFailure(cause -> queue.note("push end", cause));
    }
  }
}
