package io.vertebra.schedule.cron;

import io.vertebra.api.Failure;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** The fields of an expression as written, and those that it left out. */
final class CronText {
  private static final Pattern WORD = Pattern.compile("\\S+");
  private static final List<CronField> FIVE =
      List.of(
          CronField.MINUTE,
          CronField.HOUR,
          CronField.DAY_OF_MONTH,
          CronField.MONTH,
          CronField.DAY_OF_WEEK);

  private final Map<CronField, FieldText> fields = new EnumMap<>(CronField.class);

  private CronText(List<MatchResult> words) {
    fields.put(CronField.SECOND, new FieldText(CronField.SECOND, "0", 1));
    fields.put(CronField.YEAR, new FieldText(CronField.YEAR, "*", 1));
    List<CronField> order = order(words.size());
    for (int i = 0; i < words.size(); i++) {
      MatchResult word = words.get(i);
      CronField field = order.get(i);
      fields.put(field, new FieldText(field, word.group(), word.start() + 1));
    }
  }

  /**
   * @param macros what words beginning with {@code @} stand for
   */
  static CronText of(String text, Map<String, String> macros) {
    if (text.length() > CronExpression.MOST_LENGTH) {
      throw wrong("must have at most " + CronExpression.MOST_LENGTH + " characters");
    }
    String written = text;
    if (text.startsWith("@")) {
      written = macros.getOrDefault(text.toLowerCase(Locale.ROOT), "");
      if (written.isEmpty()) {
        throw wrong("must be one of " + String.join(", ", new TreeSet<>(macros.keySet())));
      }
    }
    List<MatchResult> words = WORD.matcher(written).results().toList();
    if (words.size() < 5 || words.size() > 7) {
      throw wrong("must have 5 to 7 fields, and has " + words.size());
    }
    return new CronText(words);
  }

  private static List<CronField> order(int count) {
    List<CronField> order = new ArrayList<>(FIVE);
    if (count > 5) {
      order.add(0, CronField.SECOND);
    }
    if (count > 6) {
      order.add(CronField.YEAR);
    }
    return order;
  }

  private static Failure wrong(String rule) {
    return Failure.invalid("/cron", rule);
  }

  FieldText get(CronField field) {
    return Objects.requireNonNull(fields.get(field));
  }
}
