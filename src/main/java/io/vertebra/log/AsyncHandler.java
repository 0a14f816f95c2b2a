package io.vertebra.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.ErrorManager;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;

/** Hands records to one thread that formats and writes them. Whoever logs never waits. */
final class AsyncHandler extends Handler {
  private static final long CLOSE_TIMEOUT_MS = 2_000;

  private final BlockingQueue<LogRecord> queue;
  private final AtomicLong dropped = new AtomicLong();
  private final LogRecord end = new LogRecord(Level.OFF, "");
  private final OutputStream output;
  private final Thread writer = new Thread(this::write, "vertebra-log");
  private volatile boolean closed;

  /**
   * @param capacity records that may wait, at least 1
   */
  AsyncHandler(OutputStream output, Formatter formatter, int capacity) {
    this.output = output;
    queue = new ArrayBlockingQueue<>(capacity);
    setFormatter(formatter);
    writer.setDaemon(true);
    writer.start();
  }

  @Override
  public void publish(LogRecord record) {
    if (!closed && isLoggable(record) && !queue.offer(record)) {
      dropped.incrementAndGet();
    }
  }

  /** Records not written for want of room, as yet unreported. */
  long dropped() {
    return dropped.get();
  }

  /** Does nothing: every line is flushed when the queue is empty. */
  @Override
  public void flush() {}

  /** Writes what is waiting, for two seconds at most. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (queue.offer(end, CLOSE_TIMEOUT_MS, TimeUnit.MILLISECONDS)) {
        writer.join(CLOSE_TIMEOUT_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void write() {
    try {
      for (LogRecord record = queue.take(); record != end; record = queue.take()) {
        writeLine(record);
        reportDropped();
        if (queue.isEmpty()) {
          output.flush();
        }
      }
      output.flush();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      reportError("cannot write to the log", e, ErrorManager.FLUSH_FAILURE);
    }
  }

  private void writeLine(LogRecord record) {
    try {
      output.write(getFormatter().format(record).getBytes(StandardCharsets.UTF_8));
    } catch (IOException | RuntimeException e) {
      reportError("cannot write to the log", e, ErrorManager.WRITE_FAILURE);
    }
  }

  private void reportDropped() {
    long count = dropped.getAndSet(0);
    if (count > 0) {
      LogRecord record = new LogRecord(Level.WARNING, "log.dropped count=" + count);
      record.setLoggerName(AsyncHandler.class.getName());
      writeLine(record);
    }
  }
}
