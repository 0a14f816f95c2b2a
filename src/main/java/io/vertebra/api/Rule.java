package io.vertebra.api;

/** A field breaks a rule. */
final class Rule extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String detail;

  /**
   * @param detail the rule as a phrase that follows the field's name
   */
  Rule(String detail) {
    super(detail, null, false, false);
    this.detail = detail;
  }

  String detail() {
    return detail;
  }
}
