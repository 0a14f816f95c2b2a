package io.vertebra.api;

import static io.vertebra.api.Schema.arrayType;
import static io.vertebra.api.Schema.integerType;
import static io.vertebra.api.Schema.mapType;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads a record from JSON and finds everything wrong with it at once: what is missing, of the
 * wrong type, out of range or unknown. A reader asks for each field, then builds:
 *
 * <pre>{@code
 * static AcquireLock from(Fields fields) {
 *   String name = fields.text("name", 1, 200).required();
 *   Duration lease = fields.millis("leaseMs", 1, 3_600_000).orElse(Duration.ofSeconds(10));
 *   return fields.build(() -> new AcquireLock(name, lease));
 * }
 * }</pre>
 *
 * <p>Until {@link #build} a value may be a placeholder, so a reader must not act on it before. The
 * same reader, run by {@link #describe}, yields the JSON Schema of what it reads; thus the
 * documentation of a request cannot differ from its checks.
 */
public final class Fields {
  private final JsonObject json;
  private final String pointer;
  private final List<Violation> violations;
  private final Predicate<String> textual;
  private final Set<String> known = new HashSet<>();
  private final @Nullable Schema schema;

  private Fields(
      JsonObject json,
      String pointer,
      List<Violation> violations,
      Predicate<String> textual,
      @Nullable Schema schema) {
    this.json = json;
    this.pointer = pointer;
    this.violations = violations;
    this.textual = textual;
    this.schema = schema;
  }

  /** The fields of a JSON object. */
  public static Fields of(JsonObject json) {
    return of(json, pointer -> false);
  }

  /**
   * The fields of a JSON object of which some came as text, from a query or an environment
   * variable: there {@code "8"} is a number too and {@code "a,b"} a list.
   *
   * @param textual tells by JSON Pointer which ones
   */
  public static Fields of(JsonObject json, Predicate<String> textual) {
    return new Fields(json, "", new ArrayList<>(), textual, null);
  }

  /** The JSON Schema (draft 2020-12) of what {@code reader} reads. */
  public static JsonObject describe(Function<Fields, ?> reader) {
    Schema schema = new Schema();
    Object unused =
        reader.apply(new Fields(new JsonObject(), "", new ArrayList<>(), text -> false, schema));
    return schema.toJson();
  }

  /** A text of {@code min} to {@code max} characters. */
  public Value<String> text(String name, int min, int max) {
    return value(
        name,
        () -> Schema.textType(min, max),
        "",
        raw -> {
          if (!(raw instanceof String text)) {
            throw new Rule("must be a string");
          }
          if (text.length() < min || text.length() > max) {
            throw new Rule("must have " + min + " to " + max + " characters");
          }
          return text;
        },
        text -> text);
  }

  /**
   * Some bytes: a buffer, or text in base64 with either alphabet, padded or not.
   *
   * @param min fewest bytes
   * @param max most bytes
   */
  public Value<byte[]> bytes(String name, int min, int max) {
    return value(
        name,
        () -> Schema.base64Type(Parse.base64Length(max)),
        new byte[0],
        raw -> Parse.sized(Parse.bytes(raw), min, max),
        bytes -> Base64.getEncoder().encodeToString(bytes));
  }

  /**
   * A text as its bytes in UTF-8, or bytes that came as a buffer because they are no text.
   *
   * @param min fewest bytes
   * @param max most bytes
   */
  public Value<byte[]> utf8(String name, int min, int max) {
    return value(
        name,
        () -> Schema.textType(Math.min(min, 1), max),
        new byte[0],
        raw -> Parse.sized(Parse.utf8(raw), min, max),
        bytes -> new String(bytes, StandardCharsets.UTF_8));
  }

  public Value<Integer> integer(String name, int min, int max) {
    return value(
        name,
        () -> integerType(min, max),
        min,
        raw -> (int) Parse.wholeNumber(raw, isTextual(name), min, max),
        value -> value);
  }

  public Value<Long> longInteger(String name, long min, long max) {
    return value(
        name,
        () -> integerType(min, max),
        min,
        raw -> Parse.wholeNumber(raw, isTextual(name), min, max),
        value -> value);
  }

  /**
   * An id of up to 63 bits: decimal digits as text, since such numbers lose digits in JavaScript,
   * or a number.
   */
  public Value<Long> id(String name) {
    return value(
        name,
        Schema::idType,
        0L,
        raw -> Parse.wholeNumber(raw, true, 0, Long.MAX_VALUE),
        id -> Long.toString(id));
  }

  public Value<Double> number(String name, double min, double max) {
    return value(
        name,
        () -> Schema.numberType(min, max),
        min,
        raw -> {
          double number = Parse.decimal(raw, isTextual(name));
          if (!(number >= min && number <= max)) {
            throw new Rule("must be " + min + " to " + max);
          }
          return number;
        },
        value -> value);
  }

  public Value<Boolean> flag(String name) {
    return value(
        name,
        () -> new JsonObject().put("type", "boolean"),
        false,
        raw -> {
          if (raw instanceof Boolean flag) {
            return flag;
          }
          if (isTextual(name) && ("true".equals(raw) || "false".equals(raw))) {
            return "true".equals(raw);
          }
          throw new Rule("must be true or false");
        },
        value -> value);
  }

  /** A time in milliseconds, both bounds inclusive. */
  public Value<Duration> millis(String name, long min, long max) {
    return value(
        name,
        () -> integerType(min, max),
        Duration.ofMillis(min),
        raw -> Duration.ofMillis(Parse.wholeNumber(raw, isTextual(name), min, max)),
        Duration::toMillis);
  }

  /** One of the constants of an enum, in lower case with hyphens. */
  public <E extends Enum<E>> Value<E> choice(String name, Class<E> type) {
    E[] constants = type.getEnumConstants();
    List<String> words = new ArrayList<>();
    for (E constant : constants) {
      words.add(word(constant));
    }
    return value(
        name,
        () -> Schema.choiceType(words),
        constants[0],
        raw -> {
          int index = words.indexOf(raw);
          if (index < 0) {
            throw new Rule("must be one of " + String.join(", ", words));
          }
          return constants[index];
        },
        Fields::word);
  }

  /** How an enum's constant is written in JSON: in lower case with hyphens. */
  public static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** A list of at most {@code maxItems} texts of 1 to {@code maxLength} characters. */
  public Value<List<String>> texts(String name, int maxItems, int maxLength) {
    return value(
        name,
        () -> arrayType(Schema.textType(1, maxLength), maxItems),
        List.of(),
        raw -> {
          Object list = isTextual(name) && raw instanceof String text ? Parse.split(text) : raw;
          List<String> texts = new ArrayList<>();
          for (Object element : Parse.array(list, maxItems)) {
            if (!(element instanceof String text) || text.isEmpty() || text.length() > maxLength) {
              throw new Rule("must hold strings of 1 to " + maxLength + " characters");
            }
            texts.add(text);
          }
          return List.copyOf(texts);
        },
        list -> new JsonArray(new ArrayList<>(list)));
  }

  /** An object whose values are texts of at most {@code maxLength} characters. */
  public Value<Map<String, String>> textMap(String name, int maxItems, int maxLength) {
    return value(
        name,
        () -> mapType(Schema.textType(0, maxLength), maxItems),
        Map.of(),
        raw -> {
          Map<String, String> map = new LinkedHashMap<>();
          for (Map.Entry<String, Object> entry : Parse.entries(raw, maxItems)) {
            if (!(entry.getValue() instanceof String text) || text.length() > maxLength) {
              throw new Rule("must hold strings of at most " + maxLength + " characters");
            }
            map.put(entry.getKey(), text);
          }
          return map;
        },
        map -> new JsonObject(new LinkedHashMap<>(map)));
  }

  /** An object with any members, such as a document of another standard. */
  public Value<JsonObject> json(String name) {
    return value(
        name,
        () -> new JsonObject().put("type", "object"),
        new JsonObject(),
        Parse::object,
        object -> object);
  }

  /** An object, read by {@code reader}. */
  public <T> Value<T> object(String name, Function<Fields, T> reader) {
    return object(name, json.getValue(name), reader);
  }

  /** An object whose absence means that all its fields are absent: a section of the options. */
  public <T> T section(String name, Function<Fields, T> reader) {
    Object raw = json.getValue(name) == null ? new JsonObject() : json.getValue(name);
    return object(name, raw, reader).orElsePlaceholder();
  }

  private <T> Value<T> object(String name, @Nullable Object raw, Function<Fields, T> reader) {
    return value(
        name,
        raw,
        () -> describe(reader),
        unset(),
        object -> reader.apply(child(Parse.object(object), pointer + "/" + escape(name))),
        value -> new JsonObject());
  }

  /** A list of objects, each read by {@code reader}. */
  public <T> Value<List<T>> objects(String name, int maxItems, Function<Fields, T> reader) {
    return value(
        name,
        () -> arrayType(describe(reader), maxItems),
        List.of(),
        raw -> {
          List<T> list = new ArrayList<>();
          int index = 0;
          for (Object element : Parse.array(raw, maxItems)) {
            String at = pointer + "/" + escape(name) + "/" + index++;
            readNested(element, at, reader, list::add);
          }
          return List.copyOf(list);
        },
        list -> new JsonArray());
  }

  /** An object of objects, each read by {@code reader}, in the order given. */
  public <T> Value<Map<String, T>> objectMap(
      String name, int maxItems, Function<Fields, T> reader) {
    return objectMap(name, maxItems, "", () -> describe(reader), reader);
  }

  /**
   * Such an object of objects, where {@code reader} finds the key of each as its field {@code key},
   * which the object itself must not have.
   */
  public <T> Value<Map<String, T>> keyedObjects(
      String name, int maxItems, String key, Function<Fields, T> reader) {
    return objectMap(name, maxItems, key, () -> Schema.without(key, describe(reader)), reader);
  }

  private <T> Value<Map<String, T>> objectMap(
      String name,
      int maxItems,
      String key,
      Supplier<JsonObject> type,
      Function<Fields, T> reader) {
    return value(
        name,
        () -> mapType(type.get(), maxItems),
        Map.of(),
        raw -> {
          Map<String, T> map = new LinkedHashMap<>();
          for (Map.Entry<String, Object> entry : Parse.entries(raw, maxItems)) {
            String at = pointer + "/" + escape(name) + "/" + escape(entry.getKey());
            Object item = key.isEmpty() ? entry.getValue() : keyed(entry, key, at);
            readNested(item, at, reader, read -> map.put(entry.getKey(), read));
          }
          return map;
        },
        map -> new JsonObject());
  }

  private Object keyed(Map.Entry<String, Object> entry, String key, String at) {
    if (!Parse.isObject(entry.getValue())) {
      return entry.getValue();
    }
    JsonObject object = Parse.object(entry.getValue()).copy();
    if (object.containsKey(key)) {
      violations.add(new Violation(at + "/" + escape(key), "is told by the key above"));
    }
    return object.put(key, entry.getKey());
  }

  /**
   * The record, if nothing is wrong. What {@code constructor} itself refuses with {@link
   * Failure#invalid} is reported with the rest; its pointers are relative to this object.
   *
   * @throws Failure {@code INVALID} with every violation found
   */
  public <T> T build(Supplier<T> constructor) {
    if (schema != null) {
      return unset();
    }
    reportUnknown();
    if (violations.isEmpty()) {
      try {
        return constructor.get();
      } catch (Failure failure) {
        if (failure.violations().isEmpty()) {
          throw failure;
        }
        failure
            .violations()
            .forEach(v -> violations.add(new Violation(pointer + v.pointer(), v.detail())));
      }
    }
    throw Failure.invalid(violations);
  }

  private void reportUnknown() {
    if (known.containsAll(json.fieldNames())) {
      return;
    }
    String detail = "is not known here; known are " + String.join(", ", new TreeSet<>(known));
    json.fieldNames().stream()
        .filter(name -> !known.contains(name))
        .forEach(name -> report(name, detail));
  }

  private <T> void readNested(Object raw, String at, Function<Fields, T> reader, Consumer<T> sink) {
    if (!Parse.isObject(raw)) {
      violations.add(new Violation(at, "must be an object"));
      return;
    }
    try {
      sink.accept(reader.apply(child(Parse.object(raw), at)));
    } catch (Failure failure) {
      adopt(failure);
    }
  }

  private <T> Value<T> value(
      String name,
      Supplier<JsonObject> type,
      T placeholder,
      Function<Object, T> parser,
      Function<T, Object> encoder) {
    // getValue would turn a buffer into text.
    Object raw = json.getMap().get(name) instanceof Buffer buffer ? buffer : json.getValue(name);
    return value(name, raw, type, placeholder, parser, encoder);
  }

  private <T> Value<T> value(
      String name,
      @Nullable Object raw,
      Supplier<JsonObject> type,
      T placeholder,
      Function<Object, T> parser,
      Function<T, Object> encoder) {
    known.add(name);
    if (schema != null) {
      return new Value<>(
          this, name, null, placeholder, true, schema.property(name, type.get()), encoder);
    }
    if (raw == null) {
      return new Value<>(this, name, null, placeholder, false, null, encoder);
    }
    try {
      return new Value<>(this, name, parser.apply(raw), placeholder, false, null, encoder);
    } catch (Rule rule) {
      report(name, rule.detail());
    } catch (Failure failure) {
      adopt(failure);
    }
    return new Value<>(this, name, null, placeholder, true, null, encoder);
  }

  /** Takes over what a nested reader found. */
  private void adopt(Failure failure) {
    if (failure.violations().isEmpty()) {
      throw failure;
    }
    violations.addAll(failure.violations());
  }

  void report(String name, String detail) {
    violations.add(new Violation(pointer + "/" + escape(name), detail));
  }

  void require(String name) {
    if (schema != null) {
      schema.require(name);
    }
  }

  private Fields child(JsonObject object, String at) {
    return new Fields(object, at, new ArrayList<>(), textual, null);
  }

  private boolean isTextual(String name) {
    return textual.test(pointer + "/" + escape(name));
  }

  private static String escape(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }

  /** Stands where no value is; {@link #build} sees to it that nobody gets to use it. */
  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T unset() {
    return null;
  }
}
