package io.vertebra.auth;

import io.vertebra.api.AuditLog;

/** The audit log, by the name that this concern knows it by. */
final class Audit {
  private Audit() {}

  /** Writes a line, as {@link AuditLog#record} does. */
  static void record(String act, String who, String from, String what, String result) {
    AuditLog.record(act, who, from, what, result);
  }
}
