package io.vertebra.config;

import com.dynatrace.hash4j.hashing.Hashing;
import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * For whom a gray release is: those with all of the labels, and of these the share told. Who is in
 * a share is in every greater one too.
 *
 * @param labels at most 20; none for everybody
 * @param percent share of the callers, 0 to 100 in steps of 0.01; empty for all, also those who do
 *     not say who they are
 * @param salt another one makes another choice of callers; at most 100 characters
 */
public record GrayRule(List<String> labels, Optional<Double> percent, String salt) {
  private static final int SHARES = 10_000;

  public GrayRule {
    labels = List.copyOf(new TreeSet<>(labels));
    if (labels.isEmpty() && percent.isEmpty()) {
      throw Failure.invalid("/rule", "must have labels, percent or both");
    }
    double share = percent.orElse(0.0);
    Names.require(share >= 0 && share <= 100, "/rule/percent", "must be 0 to 100");
  }

  static GrayRule from(Fields fields) {
    List<String> labels =
        fields
            .texts("labels", 20, 100)
            .about("Labels of which the caller must have all.")
            .orElse(List.of());
    Optional<Double> percent =
        fields
            .number("percent", 0, 100)
            .about("Share of the callers, of which it may be.")
            .optional();
    String salt =
        fields
            .text("salt", 0, 100)
            .about("Another one makes another choice.")
            .optional()
            .orElse("");
    return fields.build(() -> new GrayRule(labels, percent, salt));
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject();
    if (!labels.isEmpty()) {
      json.put("labels", new JsonArray(labels));
    }
    percent.ifPresent(share -> json.put("percent", share));
    return salt.isEmpty() ? json : json.put("salt", salt);
  }

  /**
   * Whether it is for {@code audience}.
   *
   * @param name of the gray release, so that each chooses callers of its own
   */
  boolean isFor(Audience audience, String name) {
    if (!audience.labels().containsAll(labels)) {
      return false;
    }
    if (percent.isEmpty()) {
      return true;
    }
    return !audience.caller().isEmpty()
        && place(name, audience.caller()) < Math.round(percent.get() * SHARES / 100);
  }

  /** Where a caller stands among all, 0 to 9999. */
  private long place(String name, String caller) {
    String text = (salt.isEmpty() ? name : salt) + "\0" + caller;
    return Long.remainderUnsigned(Hashing.xxh3_64().hashCharsToLong(text), SHARES);
  }
}
