package io.vertebra.gateway;

import io.vertebra.idempotency.CompleteWork;
import io.vertebra.idempotency.Held;
import io.vertebra.idempotency.IdempotencyService;
import io.vertebra.idempotency.KeptAnswer;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Guard;
import io.vertebra.route.RouteIdempotency;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The answer to a request that was let pass once. It is held back until it is kept, so that who has
 * seen it is given the same again; one that is longer than is kept goes out as it comes. It lives
 * on the event loop of its exchange.
 */
final class Recording {
  static final String REPLAYED = "idempotency-replayed";

  /** Says that only the head of an answer was kept. */
  static final String BODY = "idempotency-body";

  private static final Logger LOG = LoggerFactory.getLogger(Recording.class);
  private static final int MAX_HEADERS = 60;
  private static final int MAX_HEADER_LENGTH = 2048;

  /** By which an endpoint says that it did nothing and that the same may be tried again. */
  private static final Set<Integer> NOTHING_DONE = Set.of(429, 503);

  /** Those of one answer or one client alone; the length is that of the body. */
  private static final Set<String> NOT_KEPT =
      Set.of("set-cookie", "date", "via", "content-length", "transfer-encoding", "connection");

  private final IdempotencyService service;
  private final Held held;
  private final RouteIdempotency policy;
  private Buffer body = Buffer.buffer();
  private boolean tooLong;
  private boolean settled;
  private long extendedAt;

  Recording(IdempotencyService service, Held held, RouteIdempotency policy, long now) {
    this.service = service;
    this.held = held;
    this.policy = policy;
    this.extendedAt = now;
  }

  /** What may go out now: nothing, or all there is. */
  Buffer add(Buffer chunk) {
    if (tooLong) {
      return chunk;
    }
    body.appendBuffer(chunk);
    if (body.length() <= policy.maxBytes()) {
      return Buffer.buffer();
    }
    tooLong = true;
    return rest();
  }

  /** What was held back. */
  Buffer rest() {
    Buffer all = body;
    body = Buffer.buffer();
    return all;
  }

  /** The answer is whole; completes when it is kept, or could not be. */
  Future<Void> complete(int status, MultiMap headers) {
    settled = true;
    if (NOTHING_DONE.contains(status)) {
      return release();
    }
    Map<String, String> kept = kept(headers);
    if (tooLong) {
      kept.put(BODY, "omitted");
    }
    KeptAnswer answer = new KeptAnswer(status, kept, Bytes.of(body.getBytes()));
    return service
        .complete(
            new CompleteWork(held.subject(), held.token(), answer, policy.retention()), Guard.NONE)
        .onFailure(cause -> LOG.warn("gateway.answer not kept: {}", cause.getMessage()))
        .otherwiseEmpty();
  }

  /**
   * The exchange ended. If no answer came, but an endpoint may have acted, the key stays in flight
   * until its lease ends.
   */
  void ended(boolean forwarded) {
    if (!settled && !forwarded) {
      Future<Void> unused = release();
    }
    settled = true;
  }

  /** Keeps the key in flight; to be called often. */
  void tick(long now) {
    if (!settled && now - extendedAt > policy.lease().toNanos() / 3) {
      extendedAt = now;
      service
          .extend(held)
          .onFailure(cause -> LOG.warn("gateway.key not extended: {}", cause.getMessage()));
    }
  }

  private Future<Void> release() {
    return service
        .abort(held, Guard.NONE)
        .onFailure(cause -> LOG.warn("gateway.key not released: {}", cause.getMessage()))
        .<Void>mapEmpty()
        .otherwiseEmpty();
  }

  private static Map<String, String> kept(MultiMap headers) {
    Map<String, String> kept = new HashMap<>();
    headers.forEach(
        (name, value) -> {
          String lower = name.toLowerCase(Locale.ROOT);
          String joined = kept.containsKey(lower) ? kept.get(lower) + ", " + value : value;
          boolean fits = joined.length() <= MAX_HEADER_LENGTH && kept.size() < MAX_HEADERS;
          if (fits && !NOT_KEPT.contains(lower)) {
            kept.put(lower, joined);
          }
        });
    return kept;
  }
}
