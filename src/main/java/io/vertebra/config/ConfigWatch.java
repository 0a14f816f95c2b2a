package io.vertebra.config;

import io.vertx.core.Future;

/** A cursor over the changes of a namespace, as one audience sees them. */
public interface ConfigWatch {

  /**
   * What changed since what was told so far; waits for something. To be called again only when
   * answered.
   */
  Future<ConfigBatch> next();

  /** The revision up to which all was told. */
  long revision();

  /** Ends it; a {@link #next} under way fails with {@code UNAVAILABLE}. */
  void close();
}
