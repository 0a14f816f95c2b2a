package io.vertebra.queue;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.function.BiFunction;

/** The queues as whoever asks for their operations may use them: for the compatible APIs. */
public final class AskedQueueService extends JsonQueueService {
  /** The concern whose operations are asked for. */
  public static final String CONCERN = QueueApi.CONCERN;

  private final BiFunction<String, JsonObject, Future<JsonObject>> asker;

  /**
   * @param asker has an operation answered, by its word and its request
   */
  public AskedQueueService(BiFunction<String, JsonObject, Future<JsonObject>> asker) {
    this.asker = asker;
  }

  @Override
  Future<JsonObject> call(String action, JsonObject request, Duration patience) {
    return asker.apply(action, request);
  }
}
