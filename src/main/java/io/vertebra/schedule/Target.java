package io.vertebra.schedule;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertebra.webhook.WebhookGuard;
import io.vertebra.webhook.WebhookSignature;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a schedule calls. */
public sealed interface Target {
  int MAX_HEADERS = 50;
  int MAX_HEADER_LENGTH = 4_096;
  Duration DEFAULT_TIMEOUT = Duration.ofSeconds(30);
  String NAME_RULE = "must have letters, digits, . _ -, and begin with one of the first";

  /** How long an attempt may take. */
  Duration timeout();

  /** Whether it is signed with the secret of another, having none of its own. */
  default boolean sharesSecret(Target other) {
    return this instanceof Http mine
        && other instanceof Http its
        && mine.secret().isEmpty()
        && mine.url().equals(its.url());
  }

  /** The queue that a schedule writes to, or that it submits tasks; it is not checked yet. */
  static List<Operation.Other> written(JsonObject schedule) {
    if (!(schedule.getValue("target") instanceof JsonObject target)) {
      return List.of();
    }
    List<Operation.Other> written = new ArrayList<>();
    if (target.getValue("queue") instanceof JsonObject queue) {
      written.add(new Operation.Other("queues", String.valueOf(queue.getValue("queue"))));
    }
    if (target.containsKey("task")) {
      written.add(new Operation.Other("tasks", ""));
    }
    return written;
  }

  /** A schedule as earlier versions may have kept it, without the headers that none may have. */
  static JsonObject withoutRefused(JsonObject schedule) {
    JsonObject kept = schedule.copy();
    if (kept.getValue("target") instanceof JsonObject target
        && target.getValue("http") instanceof JsonObject http
        && http.getValue("headers") instanceof JsonObject headers) {
      headers.fieldNames().removeIf(WebhookGuard::isOfProtocol);
    }
    return kept;
  }

  /** As {@link #from} reads it, without secrets. */
  JsonObject toJson();

  /**
   * An HTTP server.
   *
   * @param headers that go along; those of the protocol cannot be among them
   * @param secret with which calls are signed; empty if they are not
   */
  record Http(
      String url,
      String method,
      Map<String, String> headers,
      Duration timeout,
      Optional<String> secret)
      implements Target {
    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");

    public Http {
      headers = Map.copyOf(headers);
      URI unused = WebhookGuard.url(url, "/url");
      if (!METHODS.contains(method)) {
        throw Failure.invalid("/method", "must be GET, POST, PUT, PATCH or DELETE");
      }
      if (secret.isPresent() && !WebhookSignature.isSecret(secret.get())) {
        throw Failure.invalid("/secret", WebhookSignature.RULE);
      }
      Headers.check(headers);
      Optional<String> refused =
          headers.keySet().stream().filter(WebhookGuard::isOfProtocol).findFirst();
      if (refused.isPresent()) {
        throw Failure.invalid("/headers", "must not have " + refused.get() + ", which is set here");
      }
    }

    static Http read(Fields fields) {
      String url = fields.text("url", 1, 2_048).about("What is called.").required();
      String method = fields.text("method", 1, 10).about("The HTTP method.").orElse("POST");
      Map<String, String> headers = Headers.read(fields);
      Duration timeout = Target.timeout(fields);
      Optional<String> secret =
          fields
              .text("secret", 1, 128)
              .about("Signs each call: whsec_ and 24 to 64 bytes in base64. Without, the old one.")
              .secret()
              .optional();
      return fields.build(() -> new Http(url, method, headers, timeout, secret));
    }

    Http with(Optional<String> known) {
      return new Http(url, method, headers, timeout, known);
    }

    @Override
    public JsonObject toJson() {
      JsonObject json =
          new JsonObject()
              .put("url", url)
              .put("method", method)
              .put("headers", Headers.toJson(headers))
              .put("timeoutMs", timeout.toMillis());
      return new JsonObject().put("http", json);
    }

    /** The secret stays out of logs. */
    @Override
    public String toString() {
      return "Http[" + method + " " + url + "]";
    }
  }

  /** A consumer on the event bus, whose reply is the success. */
  record Bus(String address, Map<String, String> headers, Duration timeout) implements Target {
    public Bus {
      headers = Map.copyOf(headers);
      Headers.check(headers);
    }

    static Bus read(Fields fields) {
      String address =
          fields
              .text("address", 1, 200)
              .matching(
                  text -> !text.startsWith("__vertx") && !text.startsWith("vertebra."),
                  "must not be of Vert.x or Vertebra itself")
              .about("An address of the event bus.")
              .required();
      Map<String, String> headers = Headers.read(fields);
      Duration timeout = Target.timeout(fields);
      return fields.build(() -> new Bus(address, headers, timeout));
    }

    @Override
    public JsonObject toJson() {
      return new JsonObject()
          .put(
              "bus",
              new JsonObject()
                  .put("address", address)
                  .put("headers", Headers.toJson(headers))
                  .put("timeoutMs", timeout.toMillis()));
    }
  }

  /** A queue; to have sent is the success. */
  record Queue(String queue, Map<String, String> headers) implements Target {
    public Queue {
      headers = Map.copyOf(headers);
      Headers.check(headers);
    }

    /**
     * Refuses what every queue would refuse.
     *
     * @throws Failure {@code INVALID} below the pointer
     */
    void check(String pointer) {
      if (!isName(queue)) {
        throw Failure.invalid(pointer + "/queue", NAME_RULE);
      }
      if (headers.keySet().stream().anyMatch(name -> name.startsWith("x-dead-"))) {
        throw Failure.invalid(
            pointer + "/headers", "must not begin with x-dead-, which tell of a dead letter");
      }
    }

    static Queue read(Fields fields) {
      String queue = fields.text("queue", 1, 80).about("The name of a queue.").required();
      Map<String, String> headers = Headers.read(fields);
      return fields.build(() -> new Queue(queue, headers));
    }

    @Override
    public Duration timeout() {
      return DEFAULT_TIMEOUT;
    }

    @Override
    public JsonObject toJson() {
      return new JsonObject()
          .put(
              "queue",
              new JsonObject().put("queue", queue).put("headers", Headers.toJson(headers)));
    }
  }

  /**
   * A task for workers that pull; to have submitted it is the success.
   *
   * @param type of work
   * @param maxAttempts of workers, 1 to 100, 3 unless given
   */
  record Task(String type, int maxAttempts) implements Target {
    static Task read(Fields fields) {
      String type =
          fields
              .text("type", 1, 60)
              .matching(Target::isName, NAME_RULE)
              .about("The type of work.")
              .required();
      int maxAttempts =
          fields
              .integer("maxAttempts", 1, 100)
              .about("Claims by workers after which it has failed.")
              .orElse(3);
      return fields.build(() -> new Task(type, maxAttempts));
    }

    @Override
    public Duration timeout() {
      return DEFAULT_TIMEOUT;
    }

    @Override
    public JsonObject toJson() {
      return new JsonObject()
          .put("task", new JsonObject().put("type", type).put("maxAttempts", maxAttempts));
    }
  }

  /**
   * Reads {@code {http: {..}}}, {@code {bus: {..}}}, {@code {queue: {..}}} or {@code {task: {..}}}.
   */
  static Target from(Fields fields) {
    Optional<Http> http =
        fields.object("http", Http::read).about("Calls an HTTP server.").optional();
    Optional<Bus> bus =
        fields.object("bus", Bus::read).about("Asks a consumer on the event bus.").optional();
    Optional<Queue> queue =
        fields.object("queue", Queue::read).about("Sends to a queue.").optional();
    Optional<Task> task =
        fields.object("task", Task::read).about("Submits a task for workers.").optional();
    return fields.build(
        () -> {
          if (Stream.of(http, bus, queue, task).filter(Optional::isPresent).count() != 1) {
            throw Failure.invalid("", "must have one of http, bus, queue and task");
          }
          return http.<Target>map(given -> given)
              .or(() -> bus)
              .or(() -> queue)
              .or(() -> task)
              .orElseThrow();
        });
  }

  private static boolean isName(String text) {
    return text.matches("[A-Za-z0-9][A-Za-z0-9._-]*");
  }

  private static Duration timeout(Fields fields) {
    return fields
        .millis("timeoutMs", 10, 3_600_000)
        .about("How long an attempt may take.")
        .orElse(DEFAULT_TIMEOUT);
  }

  /** The headers that go along. */
  final class Headers {
    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");

    private Headers() {}

    static Map<String, String> read(Fields fields) {
      return fields
          .textMap("headers", MAX_HEADERS, MAX_HEADER_LENGTH)
          .about("Headers that go along.")
          .orElse(Map.of());
    }

    static void check(Map<String, String> headers) {
      headers.forEach(
          (name, value) -> {
            boolean plain = value.chars().allMatch(c -> c >= ' ' && c != 127 && c < 256);
            if (!NAME.matcher(name).matches() || !plain) {
              throw Failure.invalid("/headers", "must have names and values that HTTP allows");
            }
          });
    }

    static JsonObject toJson(Map<String, String> headers) {
      return new JsonObject(new LinkedHashMap<>(headers));
    }
  }
}
