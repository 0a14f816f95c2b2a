package io.vertebra.election;

final class BusElectionServiceTest extends ElectionServiceContract {
  @Override
  ElectionService open() {
    return new BusElectionService(rig.vertx);
  }
}
