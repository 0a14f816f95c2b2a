package io.vertebra.limiter;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * States of this node alone. When there is no room, keys that are as good as new go; if none is, a
 * new key is refused.
 */
final class InMemoryLimitStore implements LimitStore {
  private static final long MICROS_BETWEEN_SWEEPS = 100_000;

  private final Map<String, KeyState> states = new LinkedHashMap<>();
  private final LongSupplier micros;
  private final int maxKeys;
  private long nextSweep;

  InMemoryLimitStore(LongSupplier micros, int maxKeys) {
    this.micros = micros;
    this.maxKeys = maxKeys;
  }

  @Override
  public synchronized Future<Decision> change(String key, Change change) {
    long now = micros.getAsLong();
    KeyState before = states.get(key);
    Change.Step step = change.on(before, now);
    KeyState next = step.next();
    if (step.changes() && next == null) {
      states.remove(key);
    } else if (step.changes() && next != null) {
      if (before == null && !hasRoom(now)) {
        return Failure.future(FailureCode.UNAVAILABLE, "there is no room for another key");
      }
      states.put(key, next);
    }
    return Future.succeededFuture(step.decision());
  }

  synchronized int keys() {
    return states.size();
  }

  private boolean hasRoom(long now) {
    if (states.size() >= maxKeys && now >= nextSweep) {
      states.values().removeIf(state -> state.freshAt() <= now);
      nextSweep = states.size() >= maxKeys ? now + MICROS_BETWEEN_SWEEPS : 0;
    }
    return states.size() < maxKeys;
  }
}
