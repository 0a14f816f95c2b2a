package io.vertebra.schedule;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Fields;
import io.vertebra.schedule.cron.Calendar;
import io.vertebra.testkit.KvNode;
import org.junit.jupiter.api.Test;

final class BusScheduleServiceTest extends ScheduleServiceContract {

  @Override
  protected ScheduleRig rig() {
    return ScheduleRig.on(new KvNode(), OPTIONS);
  }

  @Override
  protected ScheduleService client(ScheduleRig opened) {
    return new BusScheduleService(opened.kernel.vertx());
  }

  @Test
  void servesATypedClientOfCalendars() {
    try (KvNode node = new KvNode();
        ScheduleRig rig = ScheduleRig.on(node, OPTIONS)) {
      CalendarService calendars = new BusCalendarService(node.vertx);
      Calendar weekend = Calendar.from(Fields.of(ScheduleRig.json("{'weekdays': ['sat', 'sun']}")));
      CalendarView written = await(calendars.put(WriteSchedule.of("weekend", weekend)));
      assertThat(await(calendars.get("weekend"))).isEqualTo(written);
      assertThat(await(calendars.list("", 9))).containsExactly(written);
      assertThat(await(calendars.delete(WriteSchedule.of("weekend", ""))))
          .isGreaterThan(written.revision());
      assertThat(rig.calls.all()).isEmpty();
    }
  }
}
