package io.vertebra.options;

import java.util.List;

/** Options that cannot be used: everything wrong with them, a sentence each. */
public final class OptionsException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  OptionsException(List<String> problems) {
    super(String.join("; ", problems), null, false, false);
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}
