package io.vertebra.queue;

import io.vertebra.api.Fields;
import io.vertebra.api.Kernel;
import io.vertebra.crypto.SecretKeys;
import io.vertebra.kv.Bytes;
import io.vertebra.queue.event.CloudEvent;
import io.vertebra.queue.event.EventHeaders;
import io.vertebra.webhook.AllowedHosts;
import io.vertebra.webhook.WebhookClient;
import io.vertebra.webhook.WebhookGuard;
import io.vertebra.webhook.WebhookSignature;
import io.vertx.core.Future;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Posts messages to the servers of webhooks. It is an address of the event bus, on each node for
 * itself, so that whatever pushes messages needs to know nothing of servers; and it checks and
 * seals what is subscribed. Safe for any thread.
 */
final class WebhooksJob {
  static final String ADDRESS = "vertebra.queue-webhooks";

  /** The header of a request with the subscription. */
  static final String SUBSCRIPTION = "subscription";

  private static final int GONE = 410;
  private static final int LIMITED = 429;
  private static final int UNAVAILABLE = 503;

  private final Kernel kernel;
  private final Clock clock;
  private final WebhookGuard guard;
  private final WebhookClient client;
  private volatile SecretKeys keys = new SecretKeys(QueueApi.CONCERN, List.of());
  private @Nullable MessageConsumer<JsonObject> consumer;

  /**
   * What is outside and may be called.
   *
   * @param maxConnections to one server
   */
  record Outside(AllowedHosts hosts, int maxConnections) {}

  WebhooksJob(Kernel kernel, Outside outside) {
    this.kernel = kernel;
    this.clock = kernel.clock();
    this.guard = new WebhookGuard(kernel.vertx(), outside.hosts());
    this.client =
        new WebhookClient(kernel.vertx(), guard, outside.maxConnections(), clock, kernel.meters());
  }

  void start(SecretKeys known) {
    keys = known;
    MessageConsumer<JsonObject> heard = kernel.vertx().eventBus().localConsumer(ADDRESS);
    consumer = heard.handler(this::post);
  }

  void stop() {
    if (consumer != null) {
      Future<Void> unused = consumer.unregister();
    }
  }

  /**
   * A subscription as it may be kept: of a server that may be called, as far as that is certain,
   * and with its secret encrypted.
   */
  Subscription admit(Subscription wanted) {
    if (wanted.webhook().isEmpty()) {
      return wanted;
    }
    Webhook webhook = wanted.webhook().get();
    guard.require(webhook.uri(), "/url");
    Optional<String> encrypted =
        webhook
            .secret()
            .map(text -> text.getBytes(StandardCharsets.UTF_8))
            .map(secret -> Webhook.SEALED + keys.sealText(what(wanted), secret));
    return wanted.with(webhook.with(encrypted));
  }

  private static String what(Subscription of) {
    return "the secret of queue " + of.queue() + " group " + of.group() + " for " + of.address();
  }

  private void post(Message<JsonObject> asked) {
    Future.succeededFuture()
        .compose(unused -> post(asked.body(), asked.headers().get(SUBSCRIPTION)))
        .onSuccess(outcome -> asked.reply(outcome.toJson()))
        .onFailure(cause -> asked.fail(1, String.valueOf(cause.getMessage())));
  }

  private Future<PushOutcome> post(JsonObject message, String subscription) {
    Subscription to = Subscription.from(Fields.of(new JsonObject(subscription)));
    Webhook webhook = to.webhook().orElseThrow();
    ReceivedMessage received = ReceivedMessage.from(message);
    Map<String, String> headers = new HashMap<>(webhook.headers());
    Bytes body = body(to.queue(), webhook, received, headers);
    webhook.secret().ifPresent(kept -> sign(to, kept, received.message().id(), body, headers));
    return client
        .send(new WebhookClient.Post(webhook.uri(), headers, body, timeout(to)))
        .map(WebhooksJob::outcome);
  }

  /** A bit less than the sender waits for the answer. */
  private static Duration timeout(Subscription to) {
    return to.timeout().multipliedBy(19).dividedBy(20);
  }

  private static Bytes body(
      String queue, Webhook webhook, ReceivedMessage received, Map<String, String> headers) {
    if (webhook.format() == StreamMessages.Format.CLOUDEVENT) {
      CloudEvent event = EventMessages.delivered(queue, received);
      headers.putAll(EventHeaders.write(event));
      return event.data();
    }
    headers.put(EventHeaders.CONTENT_TYPE, "application/json");
    return Bytes.utf8(received.toJson().encode());
  }

  private void sign(
      Subscription to, String kept, String id, Bytes body, Map<String, String> headers) {
    byte[] clear = keys.openText(what(to), kept.substring(Webhook.SEALED.length()));
    long now = clock.instant().getEpochSecond();
    String secret = new String(clear, StandardCharsets.UTF_8);
    headers.put(WebhookSignature.ID, id);
    headers.put(WebhookSignature.TIMESTAMP, Long.toString(now));
    headers.put(WebhookSignature.SIGNATURE, WebhookSignature.of(secret, id, now, body));
  }

  private static PushOutcome outcome(WebhookClient.Answer answer) {
    int status = answer.status();
    if (status / 100 == 2) {
      return PushOutcome.DONE;
    }
    String reason = "HTTP status " + status;
    if (status == GONE) {
      return PushOutcome.over(reason);
    }
    boolean waits = status == LIMITED || status == UNAVAILABLE;
    return PushOutcome.failed(reason, waits ? answer.rest() : Optional.empty());
  }
}
