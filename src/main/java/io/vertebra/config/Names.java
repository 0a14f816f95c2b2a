package io.vertebra.config;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Value;
import java.util.regex.Pattern;

/** What namespaces, keys and the rest are called. */
final class Names {
  static final int MAX_KEY = 200;
  static final int MAX_NAMESPACE = 100;
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_.-]{1,100}");
  private static final String WORD_RULE = "must have 1 to 100 letters, digits, dots, - or _";

  private Names() {}

  static Value<String> namespace(Fields fields) {
    return word(fields, "namespace").about("The namespace.");
  }

  static Value<String> word(Fields fields, String name) {
    return fields.text(name, 1, MAX_NAMESPACE).matching(Names::isWord, WORD_RULE);
  }

  static Value<String> key(Fields fields) {
    return fields
        .text("key", 1, MAX_KEY)
        .matching(Names::isKey, "must have no control characters")
        .about("The key; slashes in it need no escape.");
  }

  static boolean isWord(String text) {
    return WORD.matcher(text).matches();
  }

  static boolean isKey(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_KEY
        && text.chars()
            .noneMatch(c -> Character.isISOControl(c) || Character.isSurrogate((char) c));
  }

  static void requireWord(String pointer, String text) {
    require(isWord(text), pointer, WORD_RULE);
  }

  static void requireKey(String pointer, String text) {
    require(isKey(text), pointer, "must have 1 to 200 characters, none of them control characters");
  }

  static void require(boolean holds, String pointer, String detail) {
    if (!holds) {
      throw Failure.invalid(pointer, detail);
    }
  }
}
