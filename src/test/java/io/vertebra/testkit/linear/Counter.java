package io.vertebra.testkit.linear;

import java.util.Optional;

/** A number that is added to; each addition tells the sum, one of zero reads it. */
public final class Counter implements Model<Long, Long, Long> {

  @Override
  public Long initial() {
    return 0L;
  }

  @Override
  public Optional<Long> step(Long sum, Long added, Optional<Long> told) {
    long next = sum + added;
    return told.isEmpty() || told.get() == next ? Optional.of(next) : Optional.empty();
  }
}
