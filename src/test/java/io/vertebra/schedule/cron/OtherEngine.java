package io.vertebra.schedule.cron;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.text.ParseException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.Optional;
import java.util.TimeZone;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Other engines of cron. */
enum OtherEngine {
  CRON_UTILS {
    @Override
    Function<Instant, Optional<Instant>> open(String unix, ZoneId zone) {
      CronParser parser =
          new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
      ExecutionTime times = ExecutionTime.forCron(parser.parse(unix));
      return after -> times.nextExecution(after.atZone(zone)).map(ZonedDateTime::toInstant);
    }
  },
  QUARTZ {
    @Override
    Function<Instant, Optional<Instant>> open(String unix, ZoneId zone) {
      org.quartz.CronExpression expression = quartz(unix);
      expression.setTimeZone(TimeZone.getTimeZone(zone));
      return after ->
          Optional.ofNullable(expression.getNextValidTimeAfter(Date.from(after)))
              .map(Date::toInstant);
    }
  },
  SPRING {
    @Override
    Function<Instant, Optional<Instant>> open(String unix, ZoneId zone) {
      var expression = org.springframework.scheduling.support.CronExpression.parse("0 " + unix);
      return after ->
          Optional.ofNullable(expression.next(after.atZone(zone))).map(ZonedDateTime::toInstant);
    }
  };

  private static final Pattern WEEKDAY = Pattern.compile("(?<![/#])\\b\\d");

  /** What comes after an instant, by an expression of five fields. */
  abstract Function<Instant, Optional<Instant>> open(String unix, ZoneId zone);

  /** Begins with the second, counts Sunday as 1, and restricts one kind of days at most. */
  private static org.quartz.CronExpression quartz(String unix) {
    String[] fields = unix.split(" ");
    boolean byWeekday = fields[2].equals("*");
    String weekday =
        WEEKDAY
            .matcher(fields[4])
            .replaceAll(number -> "" + (Integer.parseInt(number.group()) + 1));
    try {
      return new org.quartz.CronExpression(
          String.join(
              " ",
              "0",
              fields[0],
              fields[1],
              byWeekday ? "?" : fields[2],
              fields[3],
              byWeekday ? weekday : "?"));
    } catch (ParseException e) {
      throw new IllegalArgumentException(unix, e);
    }
  }
}
