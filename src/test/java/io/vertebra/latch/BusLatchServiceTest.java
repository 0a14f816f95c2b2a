package io.vertebra.latch;

final class BusLatchServiceTest extends LatchServiceContract {
  @Override
  LatchService latches() {
    return new BusLatchService(node.vertx);
  }

  @Override
  BarrierService barriers() {
    return new BusBarrierService(node.vertx);
  }
}
