package io.vertebra.latch;

final class KvLatchServiceTest extends LatchServiceContract {
  @Override
  LatchService latches() {
    return new KvLatchService(node.kv());
  }

  @Override
  BarrierService barriers() {
    return new KvBarrierService(node.kv());
  }
}
