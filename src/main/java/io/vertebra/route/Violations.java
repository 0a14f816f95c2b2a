package io.vertebra.route;

import io.vertebra.api.Failure;
import io.vertebra.api.Violation;
import java.util.ArrayList;
import java.util.List;

/** Collects everything wrong with a record before refusing it. */
final class Violations {
  private final List<Violation> found = new ArrayList<>();

  void check(boolean holds, String pointer, String detail) {
    if (!holds) {
      found.add(new Violation(pointer, detail));
    }
  }

  void throwIfAny() {
    if (!found.isEmpty()) {
      throw Failure.invalid(found);
    }
  }
}
