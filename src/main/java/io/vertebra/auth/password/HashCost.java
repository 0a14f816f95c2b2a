package io.vertebra.auth.password;

import io.vertebra.api.Failure;

/**
 * What computing an Argon2id hash takes, so that guessing takes as much.
 *
 * <p>Source: RFC 9106; the defaults of the options are those of the OWASP Password Storage Cheat
 * Sheet.
 *
 * @param memoryKib of each hash, 8 per lane to 1,048,576 KiB
 * @param passes over the memory, 1 to 100
 * @param lanes of memory, 1 to 16
 */
public record HashCost(int memoryKib, int passes, int lanes) {
  private static final int MAX_MEMORY_KIB = 1 << 20;

  public HashCost {
    require(passes >= 1 && passes <= 100, "/passes", "must be 1 to 100");
    require(lanes >= 1 && lanes <= 16, "/lanes", "must be 1 to 16");
    require(
        memoryKib >= 8 * lanes && memoryKib <= MAX_MEMORY_KIB,
        "/memoryKib",
        "must be 8 per lane to " + MAX_MEMORY_KIB);
  }

  private static void require(boolean holds, String pointer, String detail) {
    if (!holds) {
      throw Failure.invalid(pointer, detail);
    }
  }
}
