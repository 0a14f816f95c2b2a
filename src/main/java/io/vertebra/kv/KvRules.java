package io.vertebra.kv;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertebra.api.Failure;
import java.time.Duration;
import java.util.Optional;

/**
 * What requests must keep to, whoever makes them. Pointers are those of the JSON of {@link KvApi},
 * relative to the request.
 */
public final class KvRules {
  public static final int MAX_KEY_BYTES = 1024;

  /** Of a bound of a range, so that the longest key can be the last one within. */
  public static final int MAX_BOUND_BYTES = MAX_KEY_BYTES + 1;

  public static final int MAX_VALUE_BYTES = 512 * 1024;
  public static final int MAX_COMPARES = 128;
  public static final int MAX_STEPS = 128;

  /** Of all keys and values of a transaction. */
  public static final int MAX_TXN_BYTES = 2 * 1024 * 1024;

  public static final int MAX_IDEMPOTENCY_KEY_LENGTH = 128;
  public static final int MAX_LOCK_BYTES = 512;
  public static final Duration MIN_TTL = Duration.ofSeconds(1);
  public static final Duration MAX_TTL = Duration.ofHours(24);

  /** Of a lease that the server itself grants within a transaction. */
  static final Duration MAX_GRANTED_TTL = Duration.ofDays(100);

  private KvRules() {}

  /**
   * Checks a transaction.
   *
   * @throws Failure {@code INVALID}, saying what is wrong
   */
  public static void check(Txn txn) {
    txn.fence().ifPresent(fence -> check(fence));
    if (txn.idempotencyKey().length() > MAX_IDEMPOTENCY_KEY_LENGTH) {
      throw invalid("/idempotencyKey", "must have 1 to 128 characters");
    }
    new TxnRules().check(txn);
  }

  /** The transaction itself, {@linkplain #check(Txn) checked}. */
  static Txn checked(Txn txn) {
    check(txn);
    return txn;
  }

  /**
   * Checks a read.
   *
   * @throws Failure {@code INVALID}, saying what is wrong
   */
  public static void check(RangeRequest request) {
    range("", request.range());
    require(request.limit() >= 0, "/limit", "must be at least 0");
    require(request.revision() >= 0, "/revision", "must be at least 0");
  }

  /**
   * Checks a watch.
   *
   * @throws Failure {@code INVALID}, saying what is wrong
   */
  public static void check(WatchRequest request) {
    range("", request.range());
    require(request.fromRevision() >= 0, "/fromRevision", "must be at least 0");
    require(!request.progress().isNegative(), "/progressMs", "must be at least 0");
  }

  /**
   * Checks a grant.
   *
   * @throws Failure {@code INVALID}, saying what is wrong
   */
  public static void check(GrantLease request) {
    ttl("/ttlMs", request.ttl());
    require(request.id() >= 0, "/leaseId", "must be at least 0");
  }

  static void ttl(String pointer, Duration ttl) {
    ttl(pointer, ttl, MAX_TTL);
  }

  static void grantedTtl(String pointer, Duration ttl) {
    ttl(pointer, ttl, MAX_GRANTED_TTL);
  }

  private static void ttl(String pointer, Duration ttl, Duration most) {
    boolean fits = ttl.compareTo(MIN_TTL) >= 0 && ttl.compareTo(most) <= 0;
    require(fits, pointer, "must be " + MIN_TTL.toMillis() + " to " + most.toMillis());
  }

  private static void check(Fence fence) {
    lock("/fence", fence.lock());
    require(fence.token() >= 1, "/fence", "must have a token of at least 1");
  }

  static void lock(String pointer, String lock) {
    int length = lock.getBytes(UTF_8).length;
    require(length >= 1 && length <= MAX_LOCK_BYTES, pointer, "must name a lock of 1 to 512 bytes");
  }

  /** That this store gives out the tokens of a lock. */
  static void ownLock(String pointer, String lock) {
    lock(pointer, lock);
    String detail = "must not begin with " + Fence.FOREIGN + ", as locks numbered elsewhere do";
    require(!Fence.isForeign(lock), pointer, detail);
  }

  static void key(String pointer, Bytes key) {
    boolean fits = key.length() >= 1 && key.length() <= MAX_KEY_BYTES;
    require(fits, pointer, "must have 1 to " + MAX_KEY_BYTES + " bytes");
  }

  /** That a key can be made of by appending. */
  static void prefix(String pointer, Bytes prefix) {
    int most = MAX_KEY_BYTES - Op.Append.DIGITS;
    require(prefix.length() <= most, pointer, "must have at most " + most + " bytes");
  }

  static void range(String pointer, KeyRange range) {
    if (range.isOne()) {
      key(pointer + "/key", range.from());
    } else {
      bound(pointer + "/from", range.from());
      bound(pointer + "/to", range.to());
    }
  }

  private static void bound(String pointer, Bytes key) {
    require(
        key.length() <= MAX_BOUND_BYTES,
        pointer,
        "must have at most " + MAX_BOUND_BYTES + " bytes");
  }

  static void value(String pointer, Bytes value) {
    require(
        value.length() <= MAX_VALUE_BYTES,
        pointer,
        "must have at most " + MAX_VALUE_BYTES + " bytes");
  }

  static void require(boolean holds, String pointer, String detail) {
    if (!holds) {
      throw invalid(pointer, detail);
    }
  }

  private static Failure invalid(String pointer, String detail) {
    return Failure.invalid(pointer, detail);
  }

  /** The fence of a text {@code lock@token}, where the last {@code @} counts. */
  static Fence fence(String text) {
    int at = text.lastIndexOf('@');
    require(at > 0, "/fence", "must be a lock, @ and its token");
    Optional<Long> token = token(text.substring(at + 1));
    require(token.isPresent(), "/fence", "must end in a token of at least 1");
    return new Fence(text.substring(0, at), token.orElse(0L));
  }

  private static Optional<Long> token(String text) {
    boolean digits = !text.isEmpty() && text.chars().allMatch(c -> c >= '0' && c <= '9');
    try {
      return digits
          ? Optional.of(Long.parseLong(text)).filter(token -> token > 0)
          : Optional.empty();
    } catch (NumberFormatException tooLarge) {
      return Optional.empty();
    }
  }
}
