package io.vertebra.balancer;

/**
 * What active checks say of an endpoint. Immutable.
 *
 * @param healthy true until enough checks in a row failed
 * @param streak how many results in a row contradict {@code healthy}
 * @param detail of the last result, for people
 */
record CheckState(boolean healthy, int streak, String detail) {
  static final CheckState UNCHECKED = new CheckState(true, 0, "not checked");

  CheckState after(boolean passed, String newDetail, ActiveCheck options) {
    if (passed == healthy) {
      return new CheckState(healthy, 0, newDetail);
    }
    int needed = healthy ? options.unhealthyAfter() : options.healthyAfter();
    return streak + 1 >= needed
        ? new CheckState(passed, 0, newDetail)
        : new CheckState(healthy, streak + 1, newDetail);
  }
}
