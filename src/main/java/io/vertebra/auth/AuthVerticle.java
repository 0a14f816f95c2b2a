package io.vertebra.auth;

import io.micrometer.core.instrument.Gauge;
import io.vertebra.api.Api;
import io.vertebra.api.BusDoor;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Kernel;
import io.vertebra.auth.DocumentId.Kind;
import io.vertebra.auth.password.PasswordService;
import io.vertebra.crypto.SecretKeys;
import io.vertebra.kv.KvService;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryContext;
import io.vertx.ext.web.Router;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the concern: on every node follows what must be known to judge a credential; on one of the
 * core offers the operations and looks after keys as well.
 */
public final class AuthVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(AuthVerticle.class);
  private static final long TICK_MS = 1_000;

  /** How late a call that waits ends at most, after this node knows that its caller is out. */
  private static final long JUDGE_MS = 250;

  private static final int FLUSH_TICKS = 60;
  private static final int SWEEP_AT_ONCE = 256;
  private static final int MOST_SWEEPS = 32;

  private final Kernel kernel;
  private final AuthOptions options;
  private final AuthInterceptor door;
  private final AuthStore store;
  private final Router router;
  private final Place place;
  private final LiveView view = new LiveView();
  private final Promise<String> firstKey = Promise.promise();
  private final Handler<DeliveryContext<Object>> outbound = this::prove;
  private @Nullable SecretKeys secrets;
  private @Nullable NodeTokens nodes;
  private @Nullable PasswordService passwords;
  private boolean busy;
  private boolean begun;
  private int ticks;

  /**
   * What kind of node this is.
   *
   * @param core whether it offers the operations
   * @param alone whether it may make secret keys of its own, for no other node needs them
   * @param keyFile where it keeps those
   */
  public record Place(boolean core, boolean alone, Path keyFile) {}

  private AuthVerticle(
      Kernel kernel,
      AuthOptions options,
      AuthInterceptor door,
      AuthStore store,
      Router router,
      Place place) {
    this.kernel = kernel;
    this.options = options;
    this.door = door;
    this.store = store;
    this.router = router;
    this.place = place;
  }

  /**
   * Keeps all in the store that all nodes share.
   *
   * @param door asks for credentials as soon as this is prepared
   * @param router of the api listener
   */
  public static AuthVerticle stored(
      Kernel kernel,
      AuthOptions options,
      AuthInterceptor door,
      KvService kv,
      Router router,
      Place place) {
    AuthStore store = new KvAuthStore(kernel.vertx(), kv, kernel.clock());
    return new AuthVerticle(kernel, options, door, store, router, place);
  }

  static AuthVerticle inMemory(
      Kernel kernel, AuthOptions options, AuthInterceptor door, AuthStore store, Router router) {
    Place place = new Place(true, true, Path.of("auth.keys"));
    return new AuthVerticle(kernel, options, door, store, router, place);
  }

  /**
   * The administrator's first API key, if this node is the one that makes it: told to a person once
   * and kept nowhere.
   */
  public Future<String> firstKey() {
    return firstKey.future();
  }

  /** What is known here of the tokens of this cluster, as soon as this runs. */
  public IssuerService issuer() {
    return new LiveIssuerService(view, options, kernel.clock());
  }

  /** Reads the secret keys; from then on this node proves to others that it is one. */
  public Future<Void> prepare() {
    return options.runs()
        ? kernel
            .vertx()
            .executeBlocking(() -> options.keys().readOrMake(place.keyFile(), place.alone()), false)
            .onSuccess(this::take)
            .mapEmpty()
        : Future.succeededFuture();
  }

  private void take(SecretKeys read) {
    secrets = read;
    if (options.enabled()) {
      NodeTokens opened = new NodeTokens(read, kernel.node(), kernel.clock());
      nodes = opened;
      door.use(opened);
      kernel.vertx().eventBus().addOutboundInterceptor(outbound);
    }
  }

  /**
   * Signs what this node itself asks others, which must come with headers of its own each time;
   * what is published is seen by all, and signed by none.
   */
  private void prove(DeliveryContext<Object> delivery) {
    NodeTokens opened = nodes;
    String address = delivery.message().address();
    String action = delivery.message().headers().get("action");
    boolean asks = delivery.send() && action != null && address.startsWith("vertebra.");
    if (opened != null && asks && !delivery.message().headers().contains(BusDoor.AUTHORIZATION)) {
      delivery.message().headers().set(BusDoor.AUTHORIZATION, opened.issue(address, action));
    }
    delivery.next();
  }

  @Override
  public Future<?> start() {
    SecretKeys read = secrets;
    if (read == null) {
      return refuse(new Failure(FailureCode.CONFLICT, "auth is off: set auth.enabled"));
    }
    RoleService roles = new RoleService(store, view, kernel.clock());
    ApiKeyService apiKeys = new ApiKeyService(store, view, options.maxApiKeys(), kernel.clock());
    Authenticator authenticator = new Authenticator(view, roles, apiKeys, options, kernel.clock());
    store.follow(view);
    if (options.enabled() && !options.certificates().isEmpty()) {
      door.use(new CertificateTokens(read, options.certificates(), view, roles, kernel.clock()));
    }
    OpenCallWatch calls = new OpenCallWatch(vertx);
    door.use(authenticator, calls);
    long unusedTimer = vertx.setPeriodic(JUDGE_MS, timer -> calls.judge());
    Gauge.builder("vertebra.auth.open.calls", calls, OpenCallWatch::count)
        .description("Calls that wait for news and end when their callers are out")
        .register(kernel.meters());
    count(Kind.API_KEY, "api.keys", "API keys");
    count(Kind.REVOCATION, "revocations", "Sessions and tokens that ended before their time");
    count(Kind.SIGNING_KEY, "signing.keys", "Keys that tokens can be verified with");
    if (!place.core()) {
      return refuse(new Failure(FailureCode.CONFLICT, "ask a node of the role core"));
    }
    AuthParts opened = open(read, roles, apiKeys);
    OauthApi.mount(router, opened, door, authenticator, options);
    long unused = vertx.setPeriodic(TICK_MS, timer -> tick(opened));
    tick(opened);
    LOG.info("auth.store opened enabled={} issuer={}", options.enabled(), options.issuer());
    return kernel.offer(AuthApi.of(opened));
  }

  /** Says over HTTP why nothing of this is here; on the bus another node may have it. */
  private Future<Void> refuse(Failure failure) {
    OauthApi.refuse(router, failure);
    Api refusing = AuthApi.refusing(failure);
    return Future.all(
            kernel.doors().stream()
                .filter(way -> !way.isInside())
                .map(way -> way.open(refusing))
                .toList())
        .mapEmpty();
  }

  private AuthParts open(SecretKeys read, RoleService roles, ApiKeyService apiKeys) {
    PasswordOptions wanted = options.passwords();
    PasswordService hasher =
        new PasswordService(
            kernel.vertx(), kernel.meters(), wanted.cost(), wanted.threads(), wanted.maxQueue());
    passwords = hasher;
    KeyService keys = new KeyService(kernel.vertx(), store, view, read, options, kernel.clock());
    SessionService sessions = new SessionService(store, keys, read, options, kernel.clock());
    LockoutService lockout = new LockoutService(store, options.lockout(), kernel.clock());
    UserService users =
        new UserService(
            store, hasher, wanted.rules(), sessions, apiKeys, lockout, read, kernel.clock());
    LoginService logins =
        new LoginService(
            store, hasher, lockout, sessions, read, options, kernel.clock(), kernel.meters());
    return new AuthParts(logins, sessions, users, apiKeys, roles, keys);
  }

  private void count(Kind kind, String name, String about) {
    Gauge.builder("vertebra.auth." + name, view, seen -> seen.count(kind))
        .description(about)
        .register(kernel.meters());
  }

  /** Looks after keys and what ended, on the node that leads; after use of API keys on each. */
  private void tick(AuthParts opened) {
    ticks++;
    if (ticks % FLUSH_TICKS == 0) {
      opened.apiKeys().flush().onFailure(cause -> LOG.debug("auth.flush failed", cause));
    }
    if (busy || !store.isLeader()) {
      return;
    }
    busy = true;
    Future.succeededFuture()
        .compose(
            due -> {
              view.require();
              return opened.keys().upkeep();
            })
        .compose(done -> begin(opened.apiKeys()))
        .compose(done -> sweep(MOST_SWEEPS))
        .onFailure(cause -> LOG.debug("auth.upkeep failed: {}", cause.getMessage()))
        .onComplete(done -> busy = false);
  }

  /** Removes what is expired, as long as there seems to be more and a few times at most. */
  private Future<Integer> sweep(int times) {
    return store
        .sweep(SWEEP_AT_ONCE)
        .compose(
            seen ->
                seen < SWEEP_AT_ONCE || times == 1
                    ? Future.succeededFuture(seen)
                    : sweep(times - 1));
  }

  /** Makes the administrator's key, once in the life of a cluster. */
  private Future<?> begin(ApiKeyService apiKeys) {
    if (begun || !options.enabled()) {
      return Future.succeededFuture();
    }
    return apiKeys
        .first()
        .onSuccess(
            made -> {
              begun = true;
              made.ifPresent(firstKey::tryComplete);
            });
  }

  @Override
  public Future<?> stop() {
    store.stop();
    kernel.vertx().eventBus().removeOutboundInterceptor(outbound);
    if (passwords != null) {
      passwords.close();
    }
    return Future.succeededFuture();
  }
}
