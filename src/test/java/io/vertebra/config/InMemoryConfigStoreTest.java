package io.vertebra.config;

final class InMemoryConfigStoreTest extends ConfigStoreContract {
  @Override
  ConfigStore open() {
    return new InMemoryConfigStore();
  }
}
