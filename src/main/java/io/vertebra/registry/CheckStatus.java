package io.vertebra.registry;

import java.util.Collection;

/** How well something is, the best first. */
public enum CheckStatus {
  PASSING,
  WARNING,
  CRITICAL;

  /** The worst of some, {@code PASSING} if there are none. */
  static CheckStatus worst(Collection<CheckStatus> all) {
    return all.stream().max(CheckStatus::compareTo).orElse(PASSING);
  }
}
