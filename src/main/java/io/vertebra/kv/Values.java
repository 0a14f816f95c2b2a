package io.vertebra.kv;

import io.vertebra.kv.spill.Held;
import io.vertebra.kv.spill.StoredValue;
import io.vertebra.kv.spill.ValueFiles;
import io.vertebra.kv.spill.ValueFolder;
import java.util.Optional;
import java.util.function.Supplier;

/** Where a state has its values: long ones in files, if it has any, all others in memory. */
final class Values {
  /** A value is rewritten for every one written, and so many bytes beside. */
  private static final int REWRITTEN_AT_ONCE = 64 << 10;

  private final Optional<ValueFiles> files;
  private final int spillBytes;

  private Values(Optional<ValueFiles> files, int spillBytes) {
    this.files = files;
    this.spillBytes = spillBytes;
  }

  /** All in memory. */
  static Values inMemory() {
    return new Values(Optional.empty(), Integer.MAX_VALUE);
  }

  /**
   * Makes those of one state after another.
   *
   * @param spillBytes least length of a value that goes to a file
   */
  static Supplier<Values> in(ValueFolder folder, int spillBytes) {
    return () -> new Values(Optional.of(folder.files()), spillBytes);
  }

  /** Holds a value, once more if it is held already. */
  Held hold(Held value) {
    if (files.isEmpty()) {
      return value;
    }
    if (value instanceof StoredValue stored) {
      files.get().retain(stored);
      return stored;
    }
    return spills(value) ? files.get().write(value.array()) : value;
  }

  /** Whether a value goes to a file. */
  boolean spills(Held value) {
    return files.isPresent() && value.length() >= spillBytes;
  }

  /** Lets go of what was held once. */
  void release(Held value) {
    if (files.isPresent() && value instanceof StoredValue stored) {
      files.get().release(stored);
    }
  }

  /** Takes back some room in the files; whether there is more to take back. */
  boolean tidy() {
    return files.map(each -> each.tidy(REWRITTEN_AT_ONCE)).orElse(false);
  }

  /** Lets go of all. */
  void retire() {
    files.ifPresent(ValueFiles::retire);
  }
}
