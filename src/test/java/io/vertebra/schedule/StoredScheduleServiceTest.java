package io.vertebra.schedule;

import io.vertebra.testkit.KvNode;

final class StoredScheduleServiceTest extends ScheduleServiceContract {

  @Override
  protected ScheduleRig rig() {
    return ScheduleRig.on(new KvNode(), OPTIONS);
  }
}
