package io.vertebra.api;

import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One field of {@link Fields}: read, and waiting to be told what its absence means. */
public final class Value<T> {
  private final Fields fields;
  private final String name;
  private final @Nullable T value;
  private final T placeholder;
  private final boolean settled;
  private final @Nullable JsonObject property;
  private final Function<T, Object> encoder;

  /**
   * @param settled whether absence means nothing: it was reported already, or we only describe
   */
  Value(
      Fields fields,
      String name,
      @Nullable T value,
      T placeholder,
      boolean settled,
      @Nullable JsonObject property,
      Function<T, Object> encoder) {
    this.fields = fields;
    this.name = name;
    this.value = value;
    this.placeholder = placeholder;
    this.settled = settled;
    this.property = property;
    this.encoder = encoder;
  }

  /** What the field means, for the documentation. */
  public Value<T> about(String description) {
    if (property != null) {
      property.put("description", description);
    }
    return this;
  }

  /** Marks a value that is never shown: passwords, keys. */
  public Value<T> secret() {
    if (property != null) {
      property.put("writeOnly", true);
    }
    return this;
  }

  /**
   * Adds a rule.
   *
   * @param detail the rule as a phrase that follows the field's name: {@code "must be ..."}
   */
  public Value<T> matching(Predicate<T> rule, String detail) {
    if (property != null) {
      property.put("description", property.getString("description", "") + " Value " + detail + ".");
    }
    if (value == null || rule.test(value)) {
      return this;
    }
    fields.report(name, detail);
    return new Value<>(fields, name, null, placeholder, true, property, encoder);
  }

  /** The value; its absence is a violation. */
  public T required() {
    fields.require(name);
    if (value == null && !settled) {
      fields.report(name, "is missing");
    }
    return orElsePlaceholder();
  }

  public T orElse(T otherwise) {
    if (property != null) {
      property.put("default", encoder.apply(otherwise));
    }
    return value == null ? otherwise : value;
  }

  public Optional<T> optional() {
    return Optional.ofNullable(value);
  }

  T orElsePlaceholder() {
    return value == null ? placeholder : value;
  }

  T orElseGet(Supplier<T> otherwise) {
    return value == null ? otherwise.get() : value;
  }
}
