package io.vertebra.schedule;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.kv.Guard;
import io.vertebra.schedule.cron.Calendar;
import io.vertebra.testkit.KvNode;
import io.vertx.core.Future;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A calendar is removed while a schedule that names it is put. */
final class CalendarRaceTest {
  private static final String NAME = "off";

  private final KvNode node = new KvNode();
  private final SwitchedKv kv = new SwitchedKv(node.kv());
  private final ScheduleVerticle verticle =
      ScheduleVerticle.calling(
          node.kernel, ScheduleOptions.DEFAULTS, kv.service(), new RecordedCalls());
  private final ScheduleService schedules = verticle.service();
  private final CalendarService calendars = verticle.calendars();

  @BeforeEach
  void putCalendar() {
    Calendar sundays = Calendar.from(Fields.of(ScheduleRig.json("{'weekdays': ['sun']}")));
    assertThat(await(calendars.put(WriteSchedule.of(NAME, sundays))).name()).isEqualTo(NAME);
  }

  @AfterEach
  void close() {
    node.close();
  }

  private Future<ScheduleView> putSchedule() {
    String cron =
        "{'timetable': {'cron': '0 9 * * *'}, 'target': {'bus': {'address': 'a'}},"
            + " 'calendars': ['off']}";
    Definition definition =
        Definition.from(Fields.of(ScheduleRig.json(cron)), node.clock.instant());
    return schedules.put(WriteSchedule.of("a", definition));
  }

  private Future<Long> deleteSchedule() {
    return schedules.delete(WriteSchedule.of("a", ""));
  }

  private Future<Long> deleteCalendar() {
    return calendars.delete(WriteSchedule.of(NAME, ""));
  }

  private static FailureCode refused(Future<?> future) {
    return Failure.of(catchThrowable(() -> await(future))).code();
  }

  @Test
  void aScheduleIsRefusedWhoseCalendarIsRemovedBeforeItIsWritten() {
    kv.overtakeNext(this::deleteCalendar);
    assertThat(refused(putSchedule())).isEqualTo(FailureCode.INVALID);
    assertThat(refused(schedules.get("a"))).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void aCalendarStaysThatAScheduleNamesBeforeItIsRemoved() {
    kv.overtakeNext(this::putSchedule);
    assertThat(refused(deleteCalendar())).isEqualTo(FailureCode.CONFLICT);
    assertThat(await(calendars.get(NAME)).name()).isEqualTo(NAME);
  }

  @Test
  void aCalendarIsRemovedThatWasNamedOnlyMeanwhile() {
    kv.overtakeNext(() -> putSchedule().compose(there -> deleteSchedule()));
    assertThat(await(deleteCalendar())).isPositive();
    assertThat(refused(calendars.get(NAME))).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void aCalendarIsNotRemovedThatIsAtAnotherRevision() {
    kv.overtakeNext(this::putSchedule);
    long revision = await(calendars.get(NAME)).revision();
    WriteSchedule<String> other =
        new WriteSchedule<>(NAME, "", Optional.of(revision + 1), Guard.NONE);
    assertThat(refused(calendars.delete(other))).isEqualTo(FailureCode.STALE);
  }
}
