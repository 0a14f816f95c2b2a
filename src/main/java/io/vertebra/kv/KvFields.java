package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The parts that requests share. Each tells the fields it knows and yields what stands in them once
 * the whole request is {@linkplain Fields#build built}.
 */
final class KvFields {
  private static final String BASE64 = "Base64";

  private KvFields() {}

  /** A key, as text or in base64. */
  static Supplier<Bytes> key(Fields fields, String name) {
    Optional<Bytes> key = keyOf(fields, name, 1, KvRules.MAX_KEY_BYTES);
    return () ->
        key.orElseThrow(() -> Failure.invalid("/" + name, "is missing, and so is its base64"));
  }

  private static Optional<Bytes> keyOf(Fields fields, String name, int min, int max) {
    Optional<byte[]> text = fields.utf8(name, min, max).about("As text.").optional();
    Optional<byte[]> bytes = fields.bytes(name + BASE64, min, max).about("As base64.").optional();
    return text.or(() -> bytes).map(Bytes::wrap);
  }

  /** A prefix, as text or in base64. */
  static Supplier<Bytes> prefix(Fields fields) {
    Optional<Bytes> prefix = keyOf(fields, "prefix", 0, KvRules.MAX_KEY_BYTES - Op.Append.DIGITS);
    return () ->
        prefix.orElseThrow(() -> Failure.invalid("/prefix", "is missing, and so is its base64"));
  }

  /** A value, as text or in base64; empty if it is not there. */
  static Supplier<Optional<Bytes>> value(Fields fields) {
    Optional<byte[]> bytes =
        fields.bytes("value", 0, KvRules.MAX_VALUE_BYTES).about("As base64.").optional();
    Optional<byte[]> text =
        fields.utf8("text", 0, KvRules.MAX_VALUE_BYTES).about("Instead, as text.").optional();
    return () -> {
      if (bytes.isPresent() && text.isPresent()) {
        throw Failure.invalid("/text", "and value exclude each other");
      }
      return bytes.or(() -> text).map(Bytes::wrap);
    };
  }

  /** A range: one key, a prefix, or from a key to before another; empty if none is told. */
  static Supplier<Optional<KeyRange>> range(Fields fields) {
    Optional<Bytes> key = keyOf(fields, "key", 1, KvRules.MAX_KEY_BYTES);
    Supplier<Optional<KeyRange>> several = severalKeys(fields);
    return () -> {
      Optional<KeyRange> range = several.get();
      if (key.isPresent() && range.isPresent()) {
        throw Failure.invalid("/key", "and a range exclude each other");
      }
      return key.map(KeyRange::one).or(() -> range);
    };
  }

  /** The same without one key. */
  static Supplier<Optional<KeyRange>> severalKeys(Fields fields) {
    Optional<Bytes> prefix = keyOf(fields, "prefix", 0, KvRules.MAX_KEY_BYTES);
    Optional<Bytes> from = keyOf(fields, "from", 0, KvRules.MAX_BOUND_BYTES);
    Optional<Bytes> to = keyOf(fields, "to", 0, KvRules.MAX_BOUND_BYTES);
    return () -> {
      if (prefix.isPresent() && (from.isPresent() || to.isPresent())) {
        throw Failure.invalid("/prefix", "and from or to exclude each other");
      }
      if (from.isPresent() || to.isPresent()) {
        return Optional.of(new KeyRange(from.orElse(Bytes.EMPTY), to.orElse(Bytes.EMPTY)));
      }
      return prefix.map(KeyRange::prefix);
    };
  }

  static KeyRange required(Optional<KeyRange> range) {
    return range.orElseThrow(
        () -> Failure.invalid("", "the request needs a key, a prefix, or from and to"));
  }
}
