package io.vertebra.ids;

import io.vertx.core.Future;
import java.util.List;

/** Gives out unique ids. */
public interface IdService {

  /**
   * Ids in ascending order.
   *
   * @param count 1 to 1000
   * @return {@code LIMITED} if all 1024 worker numbers are taken or too many wait; {@code
   *     UNAVAILABLE} if no time can be set aside at present
   */
  Future<List<Long>> take(int count);
}
