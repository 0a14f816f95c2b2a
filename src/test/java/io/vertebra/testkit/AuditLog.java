package io.vertebra.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Hears what is written to the audit log from its making to its close. */
public final class AuditLog extends Handler {
  private static final Logger AUDIT = Logger.getLogger("vertebra.audit");
  private final List<String> lines = new CopyOnWriteArrayList<>();

  public AuditLog() {
    AUDIT.setLevel(Level.INFO);
    AUDIT.setUseParentHandlers(false);
    AUDIT.addHandler(this);
  }

  public List<String> lines() {
    return List.copyOf(lines);
  }

  /** Forgets what was heard until now. */
  public void clear() {
    lines.clear();
  }

  /** Waits for a line that holds all of these. */
  public void hears(String... words) {
    Waiting.eventually(
        () -> assertThat(lines).anySatisfy(line -> assertThat(line).contains(words)));
  }

  @Override
  public void publish(LogRecord record) {
    lines.add(record.getMessage());
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    AUDIT.removeHandler(this);
  }
}
