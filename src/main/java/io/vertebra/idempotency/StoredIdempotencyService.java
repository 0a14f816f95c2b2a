package io.vertebra.idempotency;

import static io.vertebra.api.FailureCode.NOT_FOUND;
import static io.vertebra.api.FailureCode.TOO_LARGE;

import io.vertebra.api.Failure;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import java.time.Duration;

/** The rules of work done once over an {@link IdempotencyStore}. Stateless. */
final class StoredIdempotencyService implements IdempotencyService {
  private final IdempotencyStore store;
  private final int maxBodyBytes;

  StoredIdempotencyService(IdempotencyStore store, int maxBodyBytes) {
    this.store = store;
    this.maxBodyBytes = maxBodyBytes;
  }

  @Override
  public Future<Standing> begin(BeginWork request, Guard guard) {
    return store.begin(request, guard);
  }

  @Override
  public Future<Void> complete(CompleteWork request, Guard guard) {
    return request.answer().body().length() > maxBodyBytes
        ? Failure.future(TOO_LARGE, "an answer of more than " + maxBodyBytes + " bytes is not kept")
        : store.complete(request, guard);
  }

  @Override
  public Future<Boolean> abort(Held request, Guard guard) {
    return store.abort(request, guard);
  }

  @Override
  public Future<Duration> extend(Held request) {
    return store.extend(request);
  }

  @Override
  public Future<Standing> status(Subject subject) {
    return store
        .find(subject)
        .compose(
            found ->
                found
                    .map(Future::succeededFuture)
                    .orElseGet(() -> Failure.future(NOT_FOUND, "nobody began " + subject.key())));
  }
}
