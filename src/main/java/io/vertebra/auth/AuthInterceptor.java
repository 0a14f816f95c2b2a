package io.vertebra.auth;

import io.vertebra.api.BusDoor;
import io.vertebra.api.Call;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Interceptor;
import io.vertebra.api.Operation;
import io.vertebra.auth.Permission.Asked;
import io.vertebra.http.AwsCredential;
import io.vertebra.http.ClientCertificate;
import io.vertebra.http.Gatekeeper;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who calls an operation, whichever door it came through, and whether they may; all else
 * is refused. Where it is not enabled anybody may do anything, and the listeners see to it that
 * nobody else can call.
 */
public final class AuthInterceptor implements Interceptor, Gatekeeper {
  private static final String CONSUL_TOKEN = "x-consul-token";
  private static final String INSIDE = "-whole";
  private static final String NATIVE = "/api/v1/";

  /** What needs no credential, for it is how one is had. */
  private static final Set<String> OPEN = Set.of("auth.login", "auth.refresh");

  /** What users may do with what is their own. */
  private static final Set<String> OWN =
      Set.of(
          "auth.get-user",
          "auth.change-password",
          "auth.enrol-codes",
          "auth.confirm-codes",
          "auth.list-sessions",
          "auth.end-sessions",
          "auth.end-session");

  /** What anybody may ask about themselves. */
  private static final Set<String> FOR_ALL = Set.of("auth.whoami");

  /** Concerns whose writes change who may do what, or the cluster itself. */
  private static final Set<String> ADMIN = Set.of("auth", "raft", "cluster");

  private final boolean enabled;
  private volatile @Nullable Opened opened;
  private volatile @Nullable NodeTokens nodes;
  private volatile @Nullable CertificateTokens certificates;

  /**
   * @param enabled whether anybody is asked at all
   */
  public AuthInterceptor(boolean enabled) {
    this.enabled = enabled;
  }

  /** What there is once the store is followed. */
  private record Opened(Authenticator authenticator, OpenCallWatch calls) {}

  void use(NodeTokens opening) {
    nodes = opening;
  }

  void use(CertificateTokens opening) {
    certificates = opening;
  }

  void use(Authenticator authenticator, OpenCallWatch calls) {
    opened = new Opened(authenticator, calls);
  }

  @Override
  public Future<JsonObject> intercept(Call call, Function<Call, Future<JsonObject>> next) {
    boolean own = call.concern().equals(AuthApi.CONCERN);
    if (!enabled && !own) {
      return next.apply(call);
    }
    Asked asked = asked(call);
    String act = call.concern() + "." + call.operation().action();
    Credential credential;
    Principal principal;
    try {
      credential = enabled ? identified(call, act) : () -> Principal.ANYBODY;
      principal = credential.principal();
    } catch (Failure refused) {
      return refused(act, claimed(call), call, asked, refused);
    }
    Optional<Asked> missing = missing(principal, act, asked, call);
    if (missing.isPresent()) {
      Asked needed = missing.get();
      return refused(act, principal.name(), call, needed, forbidden(principal, needed));
    }
    Call proven = call.by(principal.id());
    if (!own) {
      return follow(proven, credential, act, asked, next);
    }
    Caller caller = Caller.of(principal, call);
    JsonObject request = call.request().copy().put(Caller.FIELD, caller.toJson());
    Future<JsonObject> answer = next.apply(proven.asking(request));
    return call.operation().isRead()
        ? answer
        : answer.onComplete(done -> audit(call, act, principal, asked, done.cause()));
  }

  /** The first thing that is needed for a call and not permitted. */
  private static Optional<Asked> missing(Principal principal, String act, Asked asked, Call call) {
    boolean own = OWN.contains(act) && principal.isUser(name(call));
    if (OPEN.contains(act) || FOR_ALL.contains(act) || own) {
      return Optional.empty();
    }
    Stream<Asked> others =
        call.operation().others().apply(call.request()).stream()
            .map(other -> new Asked(other.concern(), "write", other.name()));
    return Stream.concat(Stream.of(asked), others).filter(each -> !principal.may(each)).findFirst();
  }

  /** Has a call that waits end when its caller may not make it any more. */
  private Future<JsonObject> follow(
      Call call,
      Credential credential,
      String act,
      Asked asked,
      Function<Call, Future<JsonObject>> next) {
    Opened present = opened;
    if (present == null || !call.waits() || call.principal().isEmpty()) {
      return next.apply(call);
    }
    Runnable judge =
        () -> {
          String who = call.principal();
          try {
            Principal now = credential.principal();
            Optional<Asked> missing = missing(now, act, asked, call);
            if (missing.isPresent()) {
              throw forbidden(now, missing.get());
            }
          } catch (Failure out) {
            Audit.record(act, who, from(call), asked.toString(), out.code().label());
            throw out;
          }
        };
    return present.calls().follow(call, judge, next);
  }

  private static void audit(
      Call call, String act, Principal principal, Asked asked, @Nullable Throwable cause) {
    boolean login = act.equals("auth.login");
    String who = login ? String.valueOf(call.request().getValue("name")) : principal.name();
    String result = cause == null ? "ok" : Failure.of(cause).code().label();
    Audit.record(act, who, from(call), asked.toString(), result);
  }

  private static String from(Call call) {
    return call.from().isEmpty() ? call.transport().name().toLowerCase(Locale.ROOT) : call.from();
  }

  private static Future<JsonObject> refused(
      String act, String who, Call call, Asked asked, Failure failure) {
    Audit.record(act, who, from(call), asked.toString(), failure.code().label());
    return Future.failedFuture(failure);
  }

  private static String claimed(Call call) {
    String credential = call.headers().get(BusDoor.AUTHORIZATION);
    return credential == null || credential.isEmpty() ? "nobody" : "unproven";
  }

  private Credential identified(Call call, String act) {
    String credential = call.headers().get(BusDoor.AUTHORIZATION);
    boolean none = credential == null || credential.isEmpty();
    if (OPEN.contains(act) && none) {
      return () -> Principal.NOBODY;
    }
    return call.transport() == Call.Transport.BUS
            && !none
            && credential.startsWith(NodeTokens.SCHEME)
        ? node(credential, call)
        : credential(none ? "" : credential);
  }

  private Credential node(String credential, Call call) {
    NodeTokens known = nodes;
    if (known == null) {
      throw unavailable();
    }
    Principal node =
        known.authenticate(credential, "vertebra." + call.concern(), call.operation().action());
    return () -> node;
  }

  /** Whose credential it is. */
  Principal authenticate(String credential) {
    return credential(credential).principal();
  }

  private Credential credential(String credential) {
    if (credential.isEmpty()) {
      throw new Failure(
          FailureCode.UNAUTHENTICATED, "the header Authorization must carry a token or API key");
    }
    Opened present = opened;
    if (present == null) {
      throw unavailable();
    }
    CertificateTokens known = certificates;
    return known != null && credential.startsWith(CertificateTokens.SCHEME)
        ? known.credential(credential)
        : present.authenticator().credential(credential);
  }

  private static Failure unavailable() {
    return new Failure(FailureCode.UNAVAILABLE, "this node does not know yet who may do what");
  }

  private static Failure forbidden(Principal principal, Asked asked) {
    return new Failure(FailureCode.FORBIDDEN, principal.name() + " may not " + asked);
  }

  /** What a call wants, by the path of its operation. */
  private static Asked asked(Call call) {
    Operation<?> operation = call.operation();
    String concern = concern(call);
    boolean admin = ADMIN.contains(call.concern());
    boolean reads = operation.isRead() && !operation.takes();
    String action = reads ? "read" : admin ? "admin" : "write";
    return new Asked(concern, action, name(call));
  }

  private static String concern(Call call) {
    String path = call.operation().path();
    if (call.concern().endsWith(INSIDE) || !path.startsWith(NATIVE)) {
      return call.concern();
    }
    return path.substring(NATIVE.length()).split("[/:]", 2)[0];
  }

  /**
   * The parameters of the path, whichever door the call came through; empty if one is not told by
   * that name, as a key in base64, so that only who may do all may do it.
   */
  private static String name(Call call) {
    List<String> names = new ArrayList<>();
    for (String segment : call.operation().path().split("/", -1)) {
      if (segment.startsWith(":") || segment.startsWith("*")) {
        Object value = call.request().getMap().get(segment.substring(1));
        if (value == null) {
          return "";
        }
        // A buffer is a name that is no text; read so it begins with the same bytes.
        names.add(
            value instanceof Buffer bytes
                ? bytes.toString(StandardCharsets.ISO_8859_1)
                : String.valueOf(value));
      }
    }
    return String.join("/", names);
  }

  @Override
  public boolean carriesCredential(MultiMap headers) {
    return AwsCredential.isShown(headers) || headers.contains(CONSUL_TOKEN);
  }

  @Override
  public Optional<String> credential(ClientCertificate certificate) {
    return Optional.ofNullable(certificates).flatMap(known -> known.vouch(certificate));
  }

  @Override
  public Optional<Runnable> admit(
      String method, String path, String normalisedPath, MultiMap headers, String from) {
    String what = method + " " + path;
    PathRules.Rule sent = PathRules.rule(method, path);
    PathRules.Rule meant = PathRules.rule(method, normalisedPath);
    Optional<Credential> credential = require(sent, what, headers, from);
    if (!meant.equals(sent)) {
      credential = require(meant, what, headers, from);
    }
    return credential
        .filter(shown -> PathRules.mayLast(method, normalisedPath))
        .map(shown -> () -> require(meant, what, shown, from));
  }

  /** What was shown, where anything is asked for. */
  private Optional<Credential> require(
      PathRules.Rule rule, String what, MultiMap headers, String from) {
    boolean asks =
        rule.need() == PathRules.Need.IDENTITY || rule.need() == PathRules.Need.PERMISSION;
    if (!asks || !enabled) {
      return Optional.empty();
    }
    String consul = headers.get(CONSUL_TOKEN);
    String given = consul == null ? headers.get(BusDoor.AUTHORIZATION) : consul;
    Credential credential;
    try {
      credential = credential(given == null ? "" : given);
    } catch (Failure refused) {
      Audit.record("http", "nobody", from, what, refused.code().label());
      throw refused;
    }
    require(rule, what, credential, from);
    return Optional.of(credential);
  }

  private static void require(
      PathRules.Rule rule, String what, Credential credential, String from) {
    String who = "nobody";
    try {
      Principal principal = credential.principal();
      who = principal.name();
      if (rule.asked().isPresent() && !principal.may(rule.asked().get())) {
        throw forbidden(principal, rule.asked().get());
      }
    } catch (Failure refused) {
      Audit.record("http", who, from, what, refused.code().label());
      throw refused;
    }
  }
}
