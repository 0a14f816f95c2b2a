package io.vertebra.registry;

import io.vertebra.api.Failure;
import io.vertebra.api.Violation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Collects everything wrong with a record before refusing it. */
final class Violations {
  static final int MAX_NAME = 200;

  /** Two names and a prefix fit into a key of the store. */
  private static final int MAX_NAME_BYTES = 400;

  private final List<Violation> found = new ArrayList<>();

  Violations check(boolean holds, String pointer, String detail) {
    if (!holds) {
      found.add(new Violation(pointer, detail));
    }
    return this;
  }

  /** A name of 1 to 200 characters and 400 bytes, none of them a control character. */
  Violations name(String name, String pointer) {
    return check(!name.isEmpty(), pointer, "must not be empty")
        .text(name, pointer, MAX_NAME)
        .check(
            name.getBytes(StandardCharsets.UTF_8).length <= MAX_NAME_BYTES,
            pointer,
            "must have at most " + MAX_NAME_BYTES + " bytes");
  }

  /** A text of at most {@code max} characters without control characters. */
  Violations text(String text, String pointer, int max) {
    return check(
        text.length() <= max && text.chars().noneMatch(Character::isISOControl),
        pointer,
        "must have at most " + max + " characters, none of them a control character");
  }

  Violations texts(List<String> texts, String pointer, int maxItems, int maxLength) {
    Violations all =
        check(texts.size() <= maxItems, pointer, "must have at most " + maxItems + " items");
    for (int i = 0; i < texts.size() && i < maxItems; i++) {
      all = all.text(texts.get(i), pointer + "/" + i, maxLength);
    }
    return all;
  }

  Violations meta(Map<String, String> meta, String pointer) {
    Violations all =
        check(
            meta.size() <= Node.MAX_META,
            pointer,
            "must have at most " + Node.MAX_META + " entries");
    for (Map.Entry<String, String> entry : meta.entrySet()) {
      all =
          all.text(entry.getKey(), pointer, Node.MAX_META_KEY)
              .text(entry.getValue(), pointer + "/" + entry.getKey(), Node.MAX_META_VALUE);
    }
    return all;
  }

  void throwIfAny() {
    if (!found.isEmpty()) {
      throw Failure.invalid(found);
    }
  }
}
