package io.vertebra.config.client;

import io.vertx.config.spi.ConfigStore;
import io.vertx.config.spi.ConfigStoreFactory;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/**
 * Makes stores of the type {@code vertebra}. Their configuration:
 *
 * <ul>
 *   <li>{@code namespace}: which one; must be there
 *   <li>{@code key}: the one whose value is the configuration, in the format of the store; without
 *       it every key is a member: an object or list if it holds JSON, else a text
 *   <li>{@code prefix}: of the keys that are members, which it is taken off; not with {@code key}
 *   <li>{@code url}: of a node's API, as in {@code http://127.0.0.1:8500}; without it a node of the
 *       same cluster is asked over the event bus
 *   <li>{@code token}: of that API
 *   <li>{@code caller}, {@code labels}: who the application is, for gray releases
 * </ul>
 */
public final class VertebraConfigStoreFactory implements ConfigStoreFactory {
  @Override
  public String name() {
    return "vertebra";
  }

  @Override
  public ConfigStore create(Vertx vertx, JsonObject configuration) {
    return VertebraConfigStore.open(vertx, configuration);
  }
}
