package io.vertebra.gateway;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.TraceContext;
import io.vertebra.auth.token.Claims;
import io.vertebra.balancer.LiveEndpoint;
import io.vertebra.balancer.LiveEndpoint.Outcome;
import io.vertebra.balancer.LiveUpstream;
import io.vertebra.idempotency.KeptAnswer;
import io.vertebra.route.RouteTable;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way through the gateway: which endpoints were tried, and how it ended. It
 * lives on the event loop of its connection.
 */
final class Exchange {
  /** What an access log calls a request whose client left before the answer. */
  static final int CLIENT_CLOSED_REQUEST = 499;

  /** RFC 9110 section 9.2.2. */
  private static final Set<HttpMethod> IDEMPOTENT =
      Set.of(
          HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.PUT, HttpMethod.DELETE);

  /** The error code of a stream that broke off; without an error it would seem complete. */
  private static final long INTERNAL_ERROR = 2;

  private final Forwarder forwarder;
  private final HttpServerRequest request;
  private final Target target;
  private final RouteTable.Match match;
  private final String path;
  private final RequestBody body;
  private final TraceContext trace;
  private final long startedAt;
  private final long hash;
  private final List<Attempt> attempts = new ArrayList<>(1);
  private List<LiveEndpoint> tried = List.of();
  private @Nullable Attempt winner;
  private boolean ended;
  private boolean hedged;
  private boolean tunnelled;
  private boolean readerStalls;
  private boolean forwarded;
  private @Nullable Recording recording;
  private @Nullable IntConsumer atEnd;
  private @Nullable Claims claims;
  private Map<String, String> claimHeaders = Map.of();
  private int retries;
  private long lastActivity;
  private long bytesOut;

  /** Where this exchange stands among its forwarder's; kept by the forwarder. */
  int index = -1;

  Exchange(
      Forwarder forwarder,
      HttpServerRequest request,
      Target target,
      RouteTable.Match match,
      String path,
      RequestBody body) {
    this.forwarder = forwarder;
    this.request = request;
    this.target = target;
    this.match = match;
    this.path = path;
    this.body = body;
    this.hash = forwarder.gateway().hash(request, path, target.upstream());
    this.trace = TraceContext.from(request.headers()).child();
    this.startedAt = forwarder.now();
    this.lastActivity = startedAt;
  }

  /** Takes the request; the first attempt begins when it is known whether there is a body. */
  void open() {
    request.response().exceptionHandler(gone -> clientLeft());
    target.meters().begin();
    body.whenKnown(() -> forwarder.gateway().gates().admit(this, this::start));
  }

  private void start() {
    if (ended) {
      return;
    }
    LiveEndpoint sticky = forwarder.gateway().stickyEndpoint(this);
    LiveEndpoint endpoint = sticky == null ? upstream().pick(hash, tried) : sticky;
    if (endpoint == null) {
      String name = upstream().definition().name();
      refuse(new Failure(FailureCode.UNAVAILABLE, "upstream " + name + " has no endpoint"));
    } else {
      attempt(endpoint);
    }
  }

  HttpServerRequest request() {
    return request;
  }

  Target target() {
    return target;
  }

  LiveUpstream upstream() {
    return target.upstream();
  }

  RouteTable.Match match() {
    return match;
  }

  /** The path asked for, without dot segments. */
  String path() {
    return path;
  }

  RequestBody body() {
    return body;
  }

  TraceContext trace() {
    return trace;
  }

  /** Bytes moved: the idle time begins anew. */
  void touch() {
    lastActivity = forwarder.now();
  }

  /** The connections became a tunnel: another idle time is in force. */
  void tunnelled() {
    tunnelled = true;
  }

  /** Whether the answer waits for the client to read. */
  void readerStalls(boolean stalls) {
    readerStalls = stalls;
  }

  long now() {
    return forwarder.now();
  }

  /** The request goes to an endpoint, which may act from now on. */
  void forwarded() {
    forwarded = true;
  }

  /** Has the answer kept for those who send the same request again. */
  void record(Recording kept) {
    recording = kept;
    if (ended) {
      kept.ended(false);
    }
  }

  /**
   * It is known whose request this is.
   *
   * @param headers what the endpoint is told of it
   */
  void identified(Claims token, Map<String, String> headers) {
    claims = token;
    claimHeaders = headers;
  }

  /** The claims of the request's token; null if it has none that was verified. */
  @Nullable Claims claims() {
    return claims;
  }

  /** What the endpoint is told of them. */
  Map<String, String> claimHeaders() {
    return claimHeaders;
  }

  /** Tells once of the status when this has ended, however it ends. */
  void whenEnded(IntConsumer action) {
    if (ended) {
      action.accept(CLIENT_CLOSED_REQUEST);
    } else {
      atEnd = action;
    }
  }

  boolean hasEnded() {
    return ended;
  }

  /** What keeps the answer; null if nobody does. */
  @Nullable Recording recording() {
    return recording;
  }

  /** Gives the answer that was kept of an earlier request. */
  void replay(KeptAnswer answer) {
    if (ended) {
      return;
    }
    target.meters().replayed();
    HttpServerResponse response = request.response();
    response.setStatusCode(answer.status());
    answer.headers().forEach((name, value) -> BrowserGate.replay(target, response, name, value));
    response.putHeader(Recording.REPLAYED, "true");
    Buffer bytes = Buffer.buffer(answer.body().toArray());
    Future<Void> unused = bytes.length() == 0 ? response.end() : response.end(bytes);
    finish(answer.status());
  }

  /** The gateway itself gave the whole answer. */
  void answered(int status) {
    body.discard();
    finish(status);
  }

  void refuseUnlessEnded(Throwable cause) {
    if (!ended) {
      refuse(Failure.of(cause));
    }
  }

  void sent(int bytes) {
    bytesOut += bytes;
  }

  /** Called every tick: acts on what is overdue. */
  void checkDeadlines(long now) {
    if (recording != null) {
      recording.tick(now);
    }
    Attempt won = winner;
    if (won != null) {
      long most = tunnelled ? forwarder.gateway().tunnelIdleNanos() : target.idleNanos();
      if (now - lastActivity > most) {
        boolean clientsFault = tunnelled || readerStalls || body.awaitsClient();
        won.abort(clientsFault ? Outcome.CANCELLED : Outcome.TIMEOUT);
        brokeOff();
      }
      return;
    }
    long waited = now - lastActivity;
    if (waited > target.firstByteNanos()) {
      timeOut();
    } else if (waited > target.pendingNanos() && isWaitingForConnection()) {
      abortAttempts(Outcome.CANCELLED);
      refuse(new Failure(FailureCode.UNAVAILABLE, "no connection became free in time"));
    } else if (!hedged && target.hedgeNanos() > 0 && waited > target.hedgeNanos()) {
      hedge();
    }
  }

  /** The first answer wins; any other attempt is called off. */
  void answered(Attempt attempt, HttpClientResponse response) {
    if (ended || winner != null) {
      attempt.abort(Outcome.CANCELLED);
      return;
    }
    winner = attempt;
    touch();
    for (Attempt other : attempts) {
      if (other != attempt) {
        other.abort(Outcome.CANCELLED);
      }
    }
    forwarder.answer(this, attempt, response);
  }

  /** An attempt failed before any byte of an answer. */
  void failed(Attempt attempt, Outcome outcome, Failure failure) {
    attempts.remove(attempt);
    if (ended || winner != null) {
      return;
    }
    if (!attempts.isEmpty()) {
      return;
    }
    LiveEndpoint next = mayRetry(attempt, outcome) ? endpointAfter(attempt) : null;
    if (next != null && upstream().retryBudget().tryWithdraw()) {
      retries++;
      target.meters().retried();
      attempt(next);
    } else {
      refuse(failure);
    }
  }

  /** The answer broke off after its first byte: the client must not take it for complete. */
  void brokeOff() {
    if (!ended) {
      int status = request.response().getStatusCode();
      abortClient();
      finish(status);
    }
  }

  /** The answer ended as it should. */
  void complete() {
    finish(request.response().getStatusCode());
  }

  /** Answers with a problem document instead of an endpoint's answer. */
  void refuse(Failure failure) {
    boolean unread = body.awaitsGoAhead();
    body.discard();
    BrowserGate.complete(target, request);
    forwarder.refuse(request, failure, unread);
    finish(failure.code().httpStatus());
  }

  /** The client sent more than is allowed. */
  void tooLarge() {
    Failure failure = new Failure(FailureCode.TOO_LARGE, "the body is longer than allowed");
    abortAttempts(Outcome.CANCELLED);
    if (request.response().headWritten()) {
      brokeOff();
    } else if (!ended) {
      refuse(failure);
    }
  }

  private void attempt(LiveEndpoint endpoint) {
    touch();
    if (target.mayRetry() || target.hedgeNanos() > 0) {
      tried = append(tried, endpoint);
    }
    Attempt attempt = new Attempt(this, endpoint, forwarder);
    attempts.add(attempt);
    attempt.start();
  }

  private static List<LiveEndpoint> append(List<LiveEndpoint> list, LiveEndpoint endpoint) {
    if (list.isEmpty()) {
      return List.of(endpoint);
    }
    List<LiveEndpoint> longer = new ArrayList<>(list);
    longer.add(endpoint);
    return longer;
  }

  private boolean mayRetry(Attempt attempt, Outcome outcome) {
    boolean safe = attempt.sentNothing() || (isIdempotent() && body.isEmpty());
    return safe
        && target.mayRetry()
        && outcome != Outcome.TIMEOUT
        && retries < target.maxRetries()
        && !request.response().headWritten();
  }

  /** Another endpoint; the same one only if all it did was to close a connection it had kept. */
  private @Nullable LiveEndpoint endpointAfter(Attempt failed) {
    LiveEndpoint other = upstream().pick(hash, tried);
    return other == null && failed.usedAnOldConnection() ? failed.endpoint() : other;
  }

  private boolean isIdempotent() {
    return IDEMPOTENT.contains(request.method());
  }

  private void hedge() {
    hedged = true;
    boolean safe = isIdempotent() && body.isEmpty() && attempts.size() == 1;
    LiveEndpoint other = safe ? upstream().pick(hash, tried) : null;
    if (other != null && upstream().retryBudget().tryWithdraw()) {
      target.meters().hedged();
      attempt(other);
    }
  }

  private boolean isWaitingForConnection() {
    return !attempts.isEmpty() && attempts.stream().allMatch(Attempt::isWaitingForConnection);
  }

  private void timeOut() {
    if (body.awaitsClient()) {
      abortAttempts(Outcome.CANCELLED);
      refuse(new Failure(FailureCode.TOO_SLOW, "the body did not arrive in time"));
      return;
    }
    abortAttempts(Outcome.TIMEOUT);
    refuse(new Failure(FailureCode.TIMEOUT, "no answer from the upstream in time"));
  }

  private void clientLeft() {
    if (!ended) {
      abortAttempts(Outcome.CANCELLED);
      finish(CLIENT_CLOSED_REQUEST);
    }
  }

  private void abortAttempts(Outcome outcome) {
    for (Attempt attempt : List.copyOf(attempts)) {
      attempt.abort(outcome);
    }
  }

  private void abortClient() {
    HttpServerResponse response = request.response();
    if (tunnelled) {
      request.connection().close();
    } else if (!response.ended()) {
      response.reset(INTERNAL_ERROR);
    }
  }

  private void finish(int status) {
    if (ended) {
      return;
    }
    ended = true;
    if (recording != null) {
      recording.ended(forwarded);
    }
    if (atEnd != null) {
      atEnd.accept(status);
    }
    Attempt last = winner;
    forwarder.ended(
        this,
        new Ending(
            status,
            forwarder.now() - startedAt,
            bytesOut,
            last == null ? "" : last.endpoint().id(),
            retries));
  }

  /**
   * How an exchange ended.
   *
   * @param status the status the client saw, or {@link #CLIENT_CLOSED_REQUEST}
   * @param endpoint who answered; empty if nobody did
   */
  record Ending(int status, long nanos, long bytesOut, String endpoint, int retries) {}
}
