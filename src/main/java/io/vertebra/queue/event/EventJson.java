package io.vertebra.queue.event;

import io.vertebra.api.Failure;
import io.vertebra.api.Violation;
import io.vertebra.kv.Bytes;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Events as JSON. Data of a JSON type, or of none, are a JSON value; other text is a string, and
 * anything else base64.
 *
 * <p>Source: JSON Event Format for CloudEvents 1.0.2.
 */
public final class EventJson {
  public static final String MEDIA_TYPE = "application/cloudevents+json";
  public static final String BATCH_MEDIA_TYPE = "application/cloudevents-batch+json";
  private static final String DATA = "data";
  private static final String DATA_BASE64 = "data_base64";
  private static final String JSON = "application/json";

  private EventJson() {}

  /**
   * The event that a document is.
   *
   * @throws Failure {@code INVALID}
   */
  public static CloudEvent read(Bytes document) {
    if (decoded(document) instanceof JsonObject object) {
      return read(object);
    }
    throw Failure.invalid("", "the body must be an event: a JSON object");
  }

  /**
   * The events of a batch; each violation is at the index of its event.
   *
   * @param most events
   * @throws Failure {@code INVALID}
   */
  public static List<CloudEvent> readBatch(Bytes document, int most) {
    if (!(decoded(document) instanceof JsonArray array)) {
      throw Failure.invalid("", "the body must be a batch of events: a JSON array");
    }
    if (array.size() > most) {
      throw Failure.invalid("", "the batch must have at most " + most + " events");
    }
    List<CloudEvent> events = new ArrayList<>();
    List<Violation> violations = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      try {
        if (!(array.getValue(i) instanceof JsonObject object)) {
          throw Failure.invalid("", "must be an event: a JSON object");
        }
        events.add(read(object));
      } catch (Failure failure) {
        String index = "/" + i;
        failure
            .violations()
            .forEach(v -> violations.add(new Violation(index + v.pointer(), v.detail())));
      }
    }
    if (!violations.isEmpty()) {
      throw Failure.invalid(violations);
    }
    return events;
  }

  private static @Nullable Object decoded(Bytes document) {
    String text =
        document
            .asText()
            .orElseThrow(() -> Failure.invalid("", "the body is not valid JSON: it is no UTF-8"));
    try {
      return Json.decodeValue(text);
    } catch (DecodeException malformed) {
      String line = String.valueOf(malformed.getMessage()).lines().findFirst().orElse("");
      throw Failure.invalid("", "the body is not valid JSON: " + line);
    }
  }

  private static CloudEvent read(JsonObject json) {
    Map<String, String> attributes = new TreeMap<>();
    List<Violation> violations = new ArrayList<>();
    for (String name : json.fieldNames()) {
      Object value = json.getValue(name);
      if (value == null || name.equals(DATA) || name.equals(DATA_BASE64)) {
        continue;
      }
      if (isAttribute(name, value)) {
        attributes.put(name, value.toString());
      } else {
        violations.add(
            new Violation("/" + name, "must be a string, or of an extension a boolean or integer"));
      }
    }
    Optional<String> type = Optional.ofNullable(attributes.remove(CloudEvent.CONTENT_TYPE));
    Bytes data = collect(violations, () -> data(json, type), Bytes.EMPTY);
    if (violations.isEmpty()) {
      return new CloudEvent(attributes, Optional.of(type.orElse(JSON)), data);
    }
    Optional<CloudEvent> unused =
        collect(
            violations,
            () -> Optional.of(new CloudEvent(attributes, type, data)),
            Optional.empty());
    throw Failure.invalid(violations);
  }

  private static <T> T collect(List<Violation> violations, Supplier<T> step, T otherwise) {
    try {
      return step.get();
    } catch (Failure failure) {
      violations.addAll(failure.violations());
      return otherwise;
    }
  }

  private static boolean isAttribute(String name, Object value) {
    boolean extension = !KNOWN.contains(name);
    return value instanceof String
        || (extension && (value instanceof Boolean || value instanceof Integer));
  }

  private static final List<String> KNOWN =
      List.of(
          CloudEvent.ID,
          CloudEvent.SOURCE,
          CloudEvent.VERSION,
          CloudEvent.TYPE,
          CloudEvent.TIME,
          CloudEvent.SCHEMA,
          CloudEvent.SUBJECT,
          CloudEvent.CONTENT_TYPE);

  private static Bytes data(JsonObject json, Optional<String> type) {
    Object base64 = json.getValue(DATA_BASE64);
    Object data = json.getValue(DATA);
    if (base64 != null && json.containsKey(DATA)) {
      throw Failure.invalid("/" + DATA_BASE64, "and data exclude each other");
    }
    if (base64 != null) {
      try {
        return Bytes.wrap(Base64.getDecoder().decode((String) base64));
      } catch (IllegalArgumentException | ClassCastException malformed) {
        throw Failure.invalid("/" + DATA_BASE64, "must be base64");
      }
    }
    if (!json.containsKey(DATA)) {
      return Bytes.EMPTY;
    }
    boolean plain = data instanceof String && !isJson(type.orElse(JSON));
    return Bytes.utf8(plain ? (String) data : Json.encode(data));
  }

  /** Whether a media type is one of JSON. */
  static boolean isJson(String type) {
    int semicolon = type.indexOf(';');
    String plain = (semicolon < 0 ? type : type.substring(0, semicolon)).strip();
    String name = plain.toLowerCase(Locale.ROOT);
    return name.endsWith("/json") || name.endsWith("+json");
  }

  /** The document of an event. */
  public static JsonObject write(CloudEvent event) {
    JsonObject json = new JsonObject().put(CloudEvent.VERSION, event.attribute(CloudEvent.VERSION));
    event.attributes().forEach(json::put);
    event.contentType().ifPresent(type -> json.put(CloudEvent.CONTENT_TYPE, type));
    Bytes data = event.data();
    if (data.isEmpty()) {
      return json;
    }
    Optional<String> text = data.asText();
    boolean structured = isJson(event.contentType().orElse(JSON));
    if (structured && text.isPresent() && writeValue(json, text.get())) {
      return json;
    }
    return text.isPresent() && !structured
        ? json.put(DATA, text.get())
        : json.put(DATA_BASE64, Base64.getEncoder().encodeToString(data.unsafeArray()));
  }

  private static boolean writeValue(JsonObject json, String data) {
    try {
      json.put(DATA, Json.decodeValue(data));
      return true;
    } catch (DecodeException notJson) {
      return false;
    }
  }
}
