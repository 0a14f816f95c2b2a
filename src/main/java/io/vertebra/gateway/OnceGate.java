package io.vertebra.gateway;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.INVALID;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertebra.api.Failure;
import io.vertebra.auth.token.Claims;
import io.vertebra.idempotency.BeginWork;
import io.vertebra.idempotency.Held;
import io.vertebra.idempotency.IdempotencyService;
import io.vertebra.idempotency.Standing;
import io.vertebra.idempotency.Subject;
import io.vertebra.kv.Guard;
import io.vertebra.route.RouteIdempotency;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Lets a request with an idempotency key pass once, and gives the others its answer. */
final class OnceGate {
  private final IdempotencyService service;

  OnceGate(IdempotencyService service) {
    this.service = service;
  }

  /**
   * Looks at a request whose body has not been read.
   *
   * @param start forwards it
   */
  void admit(Exchange exchange, RouteIdempotency policy, Runnable start) {
    HttpServerRequest request = exchange.request();
    String header = request.getHeader(policy.header());
    if (!policy.methods().contains(request.method().name())
        || (header == null && !policy.required())) {
      start.run();
    } else if (header == null) {
      exchange.refuse(new Failure(INVALID, "the header " + policy.header() + " is missing"));
    } else {
      admit(exchange, policy, unquoted(header.strip()), start);
    }
  }

  private void admit(Exchange exchange, RouteIdempotency policy, String key, Runnable start) {
    Subject subject;
    try {
      subject =
          new Subject(policy.scope().orElse(exchange.target().route().name()), own(exchange, key));
    } catch (Failure malformed) {
      exchange.refuse(malformed);
      return;
    }
    exchange
        .body()
        .gather(policy.maxBytes(), exchange)
        .map(body -> fingerprint(exchange.request(), body))
        .map(print -> new BeginWork(subject, print, "gateway", policy.lease()))
        .compose(begin -> service.begin(begin, Guard.NONE))
        .onSuccess(standing -> proceed(exchange, policy, subject, standing, start))
        .onFailure(exchange::refuseUnlessEnded);
  }

  private void proceed(
      Exchange exchange,
      RouteIdempotency policy,
      Subject subject,
      Standing standing,
      Runnable start) {
    switch (standing.state()) {
      case STARTED -> {
        Held held = new Held(subject, standing.token());
        exchange.record(new Recording(service, held, policy, exchange.now()));
        start.run();
      }
      case COMPLETED -> standing.answer().ifPresent(exchange::replay);
      case IN_PROGRESS ->
          exchange.refuseUnlessEnded(new Failure(CONFLICT, "the request of this key is under way"));
    }
  }

  /** Who proved to be somebody has keys of their own: nobody else is given the answers of these. */
  private static String own(Exchange exchange, String key) {
    Claims claims = exchange.claims();
    if (claims == null) {
      return key;
    }
    String whose = claims.text("iss") + "\n" + claims.subject() + "\n" + key;
    return "token:" + HexFormat.of().formatHex(sha256().digest(whose.getBytes(UTF_8)));
  }

  private static String fingerprint(HttpServerRequest request, Buffer body) {
    MessageDigest digest = sha256();
    String head = request.method().name() + " " + request.uri() + "\n";
    digest.update(head.getBytes(UTF_8));
    return HexFormat.of().formatHex(digest.digest(body.getBytes()));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** What a string of RFC 8941 section 3.3.3 holds; text without quotes as it is. */
  private static String unquoted(String text) {
    int end = text.length() - 1;
    boolean quoted = end >= 1 && text.charAt(0) == '"' && text.charAt(end) == '"';
    return quoted ? text.substring(1, end).replaceAll("\\\\(.)", "$1") : text;
  }
}
