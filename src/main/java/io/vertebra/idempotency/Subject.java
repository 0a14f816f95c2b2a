package io.vertebra.idempotency;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Value;
import io.vertx.core.json.JsonObject;
import java.util.function.Supplier;

/**
 * What is done once: a key within a scope.
 *
 * @param scope 1 to 100 characters, none of them a control character
 * @param key 1 to 255 characters, likewise
 */
public record Subject(String scope, String key) {
  static final int MAX_SCOPE_LENGTH = 100;
  static final int MAX_KEY_LENGTH = 255;

  public Subject {
    require("/scope", scope, MAX_SCOPE_LENGTH);
    require("/key", key, MAX_KEY_LENGTH);
  }

  static Supplier<Subject> reading(Fields fields) {
    String scope = text(fields, "scope", MAX_SCOPE_LENGTH).required();
    String key = text(fields, "key", MAX_KEY_LENGTH).required();
    return () -> new Subject(scope, key);
  }

  static Subject from(Fields fields) {
    return fields.build(reading(fields));
  }

  JsonObject toJson() {
    return new JsonObject().put("scope", scope).put("key", key);
  }

  private static Value<String> text(Fields fields, String name, int max) {
    return fields.text(name, 1, max).matching(Subject::isPlain, "must have no control characters");
  }

  private static void require(String pointer, String text, int max) {
    if (text.isEmpty() || text.length() > max || !isPlain(text)) {
      throw Failure.invalid(
          pointer, "must have 1 to " + max + " characters, none of them a control character");
    }
  }

  private static boolean isPlain(String text) {
    return text.chars().noneMatch(Character::isISOControl);
  }
}
