package io.vertebra.schedule.cron;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The next firings, each with its reason, and what does not fire until the last of them, with its.
 *
 * @param firings in order, fewer than asked for if there are no more
 * @param skipped at most {@value #MOST}, by their nominal time
 * @param moreSkipped whether more were found than are told
 */
public record Preview(List<Firing> firings, List<Skipped> skipped, boolean moreSkipped) {
  /** Most firings and most skipped times of a preview. */
  public static final int MOST = 1_000;

  /** How far to look for skipped times if the firings asked for are not all there. */
  private static final Duration HORIZON = Duration.ofDays(146_097);

  public Preview {
    firings = List.copyOf(firings);
    skipped = List.copyOf(skipped);
  }

  /**
   * Looks ahead.
   *
   * @param from exclusive
   * @param count of firings, 1 to {@value #MOST}
   */
  public static Preview of(Timetable timetable, Instant from, int count) {
    if (count < 1 || count > MOST) {
      throw new IllegalArgumentException("count must be 1 to " + MOST + ", not " + count);
    }
    List<Firing> firings = new ArrayList<>();
    Instant last = from;
    while (firings.size() < count) {
      Optional<Firing> firing = timetable.next(last);
      if (firing.isEmpty()) {
        last = from.isAfter(Instants.LATEST) ? from : from.plus(HORIZON);
        break;
      }
      last = firing.get().at();
      firings.add(firing.get());
    }
    List<Skipped> skipped = timetable.skipped(from, last, MOST + 1);
    boolean more = skipped.size() > MOST;
    return new Preview(firings, more ? skipped.subList(0, MOST) : skipped, more);
  }

  public JsonObject toJson() {
    return new JsonObject()
        .put("firings", new JsonArray(firings.stream().map(Firing::toJson).toList()))
        .put("skipped", new JsonArray(skipped.stream().map(Skipped::toJson).toList()))
        .put("moreSkipped", moreSkipped);
  }

  public static Preview from(JsonObject json) {
    return new Preview(
        json.getJsonArray("firings").stream().map(each -> Firing.from((JsonObject) each)).toList(),
        json.getJsonArray("skipped").stream().map(each -> Skipped.from((JsonObject) each)).toList(),
        json.getBoolean("moreSkipped"));
  }
}
