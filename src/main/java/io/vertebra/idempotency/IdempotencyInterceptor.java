package io.vertebra.idempotency;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.INTERNAL;
import static io.vertebra.api.FailureCode.TIMEOUT;

import io.vertebra.api.BusDoor;
import io.vertebra.api.Call;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Operation;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KvRules;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has every write that comes with an idempotency key done once. Most writes are one transaction of
 * the store, which takes the key and keeps the answer itself; for any other operation the first
 * answer is kept here. Failures are not kept, but one that leaves open what was done keeps the key
 * until the lease ends.
 */
public final class IdempotencyInterceptor implements Interceptor {
  private static final Logger LOG = LoggerFactory.getLogger(IdempotencyInterceptor.class);
  private static final Duration LEASE = Duration.ofMinutes(1);
  private static final Set<FailureCode> UNKNOWN_EFFECT = Set.of(TIMEOUT, INTERNAL);

  /** Whether an operation takes keys itself; there are as many as operations. */
  private final Map<Operation<?>, Boolean> takesKeys = new ConcurrentHashMap<>();

  private volatile Optional<IdempotencyService> service = Optional.empty();

  /** Keeps answers there from now on; before, keys are passed on as they are. */
  public void use(IdempotencyService opened) {
    service = Optional.of(opened);
  }

  @Override
  public Future<JsonObject> intercept(Call call, Function<Call, Future<JsonObject>> next) {
    Object key = call.request().getValue(BusDoor.IDEMPOTENCY_KEY);
    Optional<IdempotencyService> keeper = service;
    if (!(key instanceof String text) || call.operation().isRead()) {
      return next.apply(call);
    }
    String own = own(text, call);
    boolean passes =
        keeper.isEmpty()
            || takesKeys.computeIfAbsent(call.operation(), IdempotencyInterceptor::takesKeys);
    return passes
        ? next.apply(call.asking(call.request().copy().put(BusDoor.IDEMPOTENCY_KEY, own)))
        : once(keeper.get(), own, call, next);
  }

  /**
   * The key as it is kept: where it is known who calls, each of them has keys of their own for each
   * operation, so that nobody is told what another one was answered.
   */
  private static String own(String key, Call call) {
    boolean isKey = !key.isEmpty() && key.length() <= KvRules.MAX_IDEMPOTENCY_KEY_LENGTH;
    if (call.principal().isEmpty() || !isKey) {
      return key;
    }
    String act = call.concern() + "." + call.operation().action();
    return HexFormat.of().formatHex(EntryKeys.sha256(call.principal() + "\0" + act + "\0" + key));
  }

  private static boolean takesKeys(Operation<?> operation) {
    return Fields.describe(operation.reader())
        .getJsonObject("properties")
        .containsKey(BusDoor.IDEMPOTENCY_KEY);
  }

  private static Future<JsonObject> once(
      IdempotencyService keeper, String key, Call call, Function<Call, Future<JsonObject>> next) {
    JsonObject request = call.request().copy();
    Object unused = request.remove(BusDoor.IDEMPOTENCY_KEY);
    Call unkeyed = call.asking(request);
    return Future.succeededFuture()
        .map(begun -> new Subject("api/" + call.concern(), key))
        .compose(
            subject ->
                keeper
                    .begin(new BeginWork(subject, fingerprint(unkeyed), "", LEASE), Guard.NONE)
                    .compose(
                        standing ->
                            switch (standing.state()) {
                              case STARTED ->
                                  run(keeper, new Held(subject, standing.token()), unkeyed, next);
                              case COMPLETED -> replay(standing);
                              case IN_PROGRESS ->
                                  Failure.future(CONFLICT, "the request of this key is under way");
                            }));
  }

  private static Future<JsonObject> run(
      IdempotencyService keeper, Held held, Call call, Function<Call, Future<JsonObject>> next) {
    return next.apply(call)
        .compose(answer -> keep(keeper, held, answer))
        .recover(
            cause ->
                UNKNOWN_EFFECT.contains(Failure.of(cause).code())
                    ? Future.failedFuture(cause)
                    : keeper
                        .abort(held, Guard.NONE)
                        .transform(aborted -> Future.failedFuture(cause)));
  }

  /** What is done stays done, whether the answer could be kept or not. */
  private static Future<JsonObject> keep(IdempotencyService keeper, Held held, JsonObject answer) {
    KeptAnswer kept = new KeptAnswer(200, Map.of(), Bytes.utf8(answer.encode()));
    return keeper
        .complete(
            new CompleteWork(held.subject(), held.token(), kept, CompleteWork.DEFAULT_RETENTION),
            Guard.NONE)
        .onFailure(cause -> LOG.warn("idempotency.keep failed: {}", cause.getMessage()))
        .transform(done -> Future.succeededFuture(answer));
  }

  private static Future<JsonObject> replay(Standing standing) {
    Bytes body = standing.answer().map(KeptAnswer::body).orElse(Bytes.EMPTY);
    JsonObject answer = new JsonObject(new String(body.unsafeArray(), StandardCharsets.UTF_8));
    return Future.succeededFuture(answer.put("replayed", true));
  }

  private static String fingerprint(Call call) {
    JsonObject ordered = new JsonObject(new TreeMap<>(call.request().getMap()));
    String text = call.operation().action() + "\0" + ordered.encode();
    return HexFormat.of().formatHex(EntryKeys.sha256(text));
  }
}
