package io.vertebra.log;

import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.Logger;

/** The process's log, through {@code java.util.logging} where SLF4J's binding ends. */
public final class LogSystem implements AutoCloseable {
  private static final int CAPACITY = 8_192;

  /** Loggers whose level was set: without a reference they are collected and forget it. */
  private final List<Logger> leveled = new ArrayList<>();

  private final AsyncHandler handler;

  private LogSystem(AsyncHandler handler) {
    this.handler = handler;
  }

  /** Writes all records of the process to {@code output}, until closed. */
  public static LogSystem open(LogOptions options, OutputStream output) {
    LineFormatter formatter =
        options.format() == LogOptions.Format.JSON ? new JsonFormatter() : new LogfmtFormatter();
    LogSystem system = new LogSystem(new AsyncHandler(output, formatter, CAPACITY));
    system.install(options);
    return system;
  }

  /** Writes what is waiting. */
  @Override
  public void close() {
    root().removeHandler(handler);
    handler.close();
  }

  private void install(LogOptions options) {
    for (Handler other : root().getHandlers()) {
      root().removeHandler(other);
    }
    root().setLevel(options.level().julLevel());
    root().addHandler(handler);
    options
        .levels()
        .forEach(
            (name, level) -> {
              Logger logger = Logger.getLogger(name);
              logger.setLevel(level.julLevel());
              leveled.add(logger);
            });
  }

  private static Logger root() {
    return Logger.getLogger("");
  }
}
