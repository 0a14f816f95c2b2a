package io.vertebra.ring;

import com.dynatrace.hash4j.hashing.Hasher64;
import java.nio.charset.StandardCharsets;

/**
 * The hash function of the ring, the same on every node. Not for secrets: anyone can collide it.
 */
public final class Hashing {
  private static final Hasher64 XXH3 = com.dynatrace.hash4j.hashing.Hashing.xxh3_64();

  private Hashing() {}

  /** XXH3 (64 bit, seed 0) of the text in UTF-8. */
  public static long of(CharSequence text) {
    return XXH3.hashBytesToLong(text.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Spreads every bit of {@code value} over all 64, one to one.
   *
   * <p>Source: variant 13 of David Stafford's mixers, as in SplitMix64 (Steele et al., OOPSLA'14).
   */
  static long mix(long value) {
    long x = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    x = (x ^ (x >>> 27)) * 0x94d049bb133111ebL;
    return x ^ (x >>> 31);
  }

  /** The {@code n}th hash derived from {@code hash}; independent of each other for our purposes. */
  static long derived(long hash, long n) {
    return mix(hash + n * 0x9e3779b97f4a7c15L);
  }
}
