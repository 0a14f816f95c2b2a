package io.vertebra.registry;

/**
 * Says how well something is.
 *
 * @param node of the check, 1 to 200 characters
 * @param id of the check, 1 to 200 characters
 * @param output for people; what is over 4,096 characters is cut off
 */
public record ReportCheck(String node, String id, CheckStatus status, String output) {
  public ReportCheck {
    new Violations().name(node, "/node").name(id, "/id").throwIfAny();
  }
}
