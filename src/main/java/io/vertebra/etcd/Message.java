package io.vertebra.etcd;

import io.vertebra.kv.Bytes;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A message of etcd's protocol in JSON. Fields are known by their names in the protocol and in
 * camel case, of which the latter counts if both are given; what is absent or {@code null} is zero,
 * empty or false; fields that nobody asks for are ignored.
 *
 * <p>Source: the JSON mapping of protocol buffers 3, as golang/protobuf 1.3 reads it.
 */
final class Message {
  static final Message EMPTY = new Message(Map.of());

  private static final String ENUMS = "etcdserverpb.";
  private static final JsonValue NOTHING = new JsonValue.Nothing();

  private final Map<String, JsonValue> fields;

  private Message(Map<String, JsonValue> fields) {
    this.fields = fields;
  }

  /** The message that a body begins with; an empty one if it is empty. */
  static Message parse(byte[] body) {
    return JsonText.first(body).map(Message::of).orElse(EMPTY);
  }

  private static Message of(JsonValue value) {
    if (value instanceof JsonValue.Members members) {
      return new Message(members.members());
    }
    if (value instanceof JsonValue.Nothing) {
      return EMPTY;
    }
    throw unfit(value, "map[string]json.RawMessage");
  }

  Bytes bytes(String name) {
    JsonValue value = field(name);
    if (value instanceof JsonValue.Text text) {
      return Base64Text.decode(text.text());
    }
    if (value instanceof JsonValue.Nothing) {
      return Bytes.EMPTY;
    }
    throw unfit(value, "[]uint8");
  }

  /** A key, which must not be empty. */
  Bytes key() {
    Bytes key = bytes("key");
    if (key.isEmpty()) {
      throw EtcdException.emptyKey();
    }
    return key;
  }

  long number(String name) {
    JsonValue value = field(name);
    if (value instanceof JsonValue.Text text) {
      value = JsonText.only(text.text());
    }
    return value instanceof JsonValue.Nothing ? 0 : integer(value, "int64");
  }

  boolean flag(String name) {
    JsonValue value = field(name);
    if (value instanceof JsonValue.Flag flag) {
      return flag.value();
    }
    if (value instanceof JsonValue.Nothing) {
      return false;
    }
    throw unfit(value, "bool");
  }

  /**
   * One of some words, by its name or its number, which begin at 0 with the first one.
   *
   * @param type what errors call it
   */
  <E extends Enum<E>> E choice(String name, Class<E> words, String type) {
    JsonValue value = field(name);
    return value instanceof JsonValue.Nothing
        ? words.getEnumConstants()[0]
        : choose(value, words, ENUMS + type);
  }

  <E extends Enum<E>> List<E> choices(String name, Class<E> words, String type) {
    return items(name).stream().map(value -> choose(value, words, ENUMS + type)).toList();
  }

  Message message(String name) {
    return of(field(name));
  }

  boolean has(String name) {
    return !(field(name) instanceof JsonValue.Nothing);
  }

  List<Message> messages(String name) {
    return items(name).stream().map(Message::of).toList();
  }

  private List<JsonValue> items(String name) {
    JsonValue value = field(name);
    if (value instanceof JsonValue.Items items) {
      return items.items();
    }
    if (value instanceof JsonValue.Nothing) {
      return List.of();
    }
    throw unfit(value, "[]json.RawMessage");
  }

  private JsonValue field(String name) {
    return Optional.ofNullable(fields.get(camelCase(name)))
        .or(() -> Optional.ofNullable(fields.get(name)))
        .orElse(NOTHING);
  }

  private static String camelCase(String name) {
    int underscore = name.indexOf('_');
    return underscore < 0
        ? name
        : name.substring(0, underscore)
            + name.substring(underscore + 1, underscore + 2).toUpperCase(Locale.ROOT)
            + camelCase(name.substring(underscore + 2));
  }

  private static <E extends Enum<E>> E choose(JsonValue value, Class<E> words, String type) {
    E[] all = words.getEnumConstants();
    if (value instanceof JsonValue.Text text) {
      for (E each : all) {
        if (each.name().equals(text.text())) {
          return each;
        }
      }
      throw unknown("\"" + text.text() + "\"", type);
    }
    long number = integer(value, type);
    if (number < 0 || number >= all.length) {
      throw unknown(Long.toString(number), type);
    }
    return all[(int) number];
  }

  private static long integer(JsonValue value, String type) {
    if (!(value instanceof JsonValue.Numeral numeral)) {
      throw unfit(value, type);
    }
    try {
      return Long.parseLong(numeral.literal());
    } catch (NumberFormatException e) {
      throw EtcdException.invalid(
          "json: cannot unmarshal number " + numeral.literal() + " into Go value of type " + type);
    }
  }

  private static EtcdException unknown(String value, String type) {
    return EtcdException.invalid("unknown value " + value + " for enum " + type);
  }

  private static EtcdException unfit(JsonValue value, String type) {
    return EtcdException.invalid(
        "json: cannot unmarshal " + value.kind() + " into Go value of type " + type);
  }
}
