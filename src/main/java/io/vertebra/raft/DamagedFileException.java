package io.vertebra.raft;

import java.io.IOException;
import java.nio.file.Path;

/** A file of the store that is not as it was written. */
final class DamagedFileException extends IOException {
  private static final long serialVersionUID = 1;

  DamagedFileException(Path file, String damage) {
    super(file + " " + damage);
  }
}
