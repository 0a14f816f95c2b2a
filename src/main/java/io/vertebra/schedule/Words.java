package io.vertebra.schedule;

import java.util.Locale;

/** Constants as {@link io.vertebra.api.Fields#word} writes them. */
final class Words {
  private Words() {}

  static <E extends Enum<E>> E constant(Class<E> type, String word) {
    return Enum.valueOf(type, word.toUpperCase(Locale.ROOT).replace('-', '_'));
  }
}
