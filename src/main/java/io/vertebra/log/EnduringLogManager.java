package io.vertebra.log;

import java.util.logging.LogManager;

/**
 * A log manager that keeps its handlers while the process shuts down. The one of the JDK resets
 * itself in a shutdown hook of its own, so the last lines of a stop would be lost. The system
 * property {@value #PROPERTY} must name it before anything logs.
 */
public final class EnduringLogManager extends LogManager {
  public static final String PROPERTY = "java.util.logging.manager";

  /** Does nothing. */
  @Override
  public void reset() {}

  /** Does nothing: {@link LogSystem} says what there is to configure. */
  @Override
  public void readConfiguration() {}
}
