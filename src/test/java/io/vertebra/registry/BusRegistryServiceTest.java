package io.vertebra.registry;

final class BusRegistryServiceTest extends RegistryServiceContract {
  @Override
  RegistryService open() {
    return new BusRegistryService(rig.vertx);
  }
}
