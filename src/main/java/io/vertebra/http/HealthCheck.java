package io.vertebra.http;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** Tells whether one thing that a node depends on works. */
@FunctionalInterface
public interface HealthCheck {

  /** What a probe is asking. */
  enum Probe {
    /** Whether the process must be restarted. */
    LIVE,
    /** Whether work may be sent here. */
    READY,
    /** Whether the start is over. */
    STARTED
  }

  /**
   * What was found.
   *
   * @param data what may help a person; no secrets
   */
  record Result(boolean up, JsonObject data) {
    public static Result ofUp() {
      return new Result(true, new JsonObject());
    }

    public static Result ofDown(String reason) {
      return new Result(false, new JsonObject().put("reason", reason));
    }
  }

  /** Looks; a failure means that it does not work. */
  Future<Result> check();
}
