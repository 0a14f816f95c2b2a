package io.vertebra.election;

final class LockedElectionServiceTest extends ElectionServiceContract {
  @Override
  ElectionService open() {
    return new LockedElectionService(rig.locks);
  }
}
