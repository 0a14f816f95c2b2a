package io.vertebra.schedule;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;

/** Asks consumers on the event bus, and queues and tasks, which are reached over it too. */
final class BusCallJob {
  private static final String QUEUES = "vertebra.queue";
  private static final String TASKS = "vertebra.task";
  private static final int MAX_DEDUP_ID = 128;

  private final EventBus bus;

  BusCallJob(EventBus bus) {
    this.bus = bus;
  }

  /** Begins an attempt; the message is a JSON object, or else a buffer. */
  CallService.OpenCall ask(Invocation invocation, Target.Bus target) {
    Buffer bytes = Buffer.buffer(invocation.payload().bytes().toArray());
    Object body = invocation.payload().isJson() ? new JsonObject(bytes) : bytes;
    Map<String, String> headers = invocation.headers(target.headers());
    return request(target.address(), body, headers, target.timeout());
  }

  /** Begins to send; the occurrence's id is the one by which the queue drops what is sent twice. */
  CallService.OpenCall send(Invocation invocation, Target.Queue target) {
    byte[] bytes = invocation.payload().bytes().toArray();
    Map<String, String> headers = invocation.headers(target.headers());
    JsonObject message =
        new JsonObject()
            .put("queue", target.queue())
            .put("bodyBase64", Base64.getEncoder().encodeToString(bytes))
            .put("contentType", invocation.payload().type())
            .put("headers", Target.Headers.toJson(headers))
            .put("dedupId", dedupId(invocation.id()));
    return request(QUEUES, message, Map.of("action", "send"), target.timeout());
  }

  /** The id itself where a queue takes one so long. */
  private static String dedupId(String id) {
    return id.length() <= MAX_DEDUP_ID
        ? id
        : UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** Begins to submit a task whose id is that of the occurrence, so that it is one task. */
  CallService.OpenCall submit(Invocation invocation, Target.Task target) {
    Buffer bytes = Buffer.buffer(invocation.payload().bytes().toArray());
    JsonObject task =
        new JsonObject()
            .put("id", invocation.id())
            .put("type", target.type())
            .put("maxAttempts", target.maxAttempts())
            .put("headers", new JsonObject(Map.copyOf(invocation.headers(Map.of()))))
            .put("payload", bytes.length() == 0 ? new JsonObject() : new JsonObject(bytes));
    return request(TASKS, task, Map.of("action", "submit"), target.timeout());
  }

  private CallService.OpenCall request(
      String address, Object body, Map<String, String> headers, Duration timeout) {
    DeliveryOptions options = new DeliveryOptions().setSendTimeout(timeout.toMillis());
    headers.forEach(options::addHeader);
    Future<Void> replied = bus.request(address, body, options).mapEmpty();
    return new CallService.OpenCall() {
      @Override
      public Future<Void> result() {
        return replied;
      }

      /** A message that was sent cannot be called back. */
      @Override
      public void abort() {}
    };
  }
}
