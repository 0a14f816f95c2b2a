package io.vertebra.api;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/**
 * News in batches, for one reader. A batch has a {@code revision}, by which a reader goes on later:
 * what it needs then is after that one.
 */
public interface Feed {

  /** The next batch; waits for it. To be called again only when answered. */
  Future<JsonObject> next();

  /** How far this feed has told, as a batch without news. */
  JsonObject idle();

  /**
   * Hears what the reader says, where it can say something; answers what to tell it, an empty
   * object for nothing.
   */
  default Future<JsonObject> hear(JsonObject said) {
    return Failure.future(FailureCode.INVALID, "nothing can be said here");
  }

  /** Ends it; a {@link #next} under way may fail or never complete. */
  void close();
}
