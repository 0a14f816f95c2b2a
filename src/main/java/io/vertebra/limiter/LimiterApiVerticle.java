package io.vertebra.limiter;

import io.vertebra.limiter.RequestLimitService.Passage;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Holds requests to our own API over HTTP to policies. Calls over the bus come from members of the
 * cluster and are not held.
 */
public final class LimiterApiVerticle extends VerticleBase {
  /** After who may ask, before what answers. */
  private static final int ORDER = -2;

  private static final int CLIENT_LEFT = 499;

  private final Router router;
  private final BiConsumer<HttpServerRequest, Runnable> whenEnded;
  private final List<String> policies;
  private final RequestLimitService limiter;

  /**
   * @param policies none for no limits
   */
  public LimiterApiVerticle(
      Router router,
      BiConsumer<HttpServerRequest, Runnable> whenEnded,
      List<String> policies,
      RequestLimitService limiter) {
    this.router = router;
    this.whenEnded = whenEnded;
    this.policies = policies;
    this.limiter = limiter;
  }

  @Override
  public Future<?> start() {
    if (!policies.isEmpty()) {
      router.route("/api/*").order(ORDER).handler(this::admit);
    }
    return Future.succeededFuture();
  }

  private void admit(RoutingContext context) {
    HttpServerRequest request = context.request().pause();
    limiter
        .admit(policies, part -> value(request, part))
        .onSuccess(passage -> proceed(context, passage))
        .onFailure(
            cause -> {
              request.resume();
              context.fail(cause);
            });
  }

  private void proceed(RoutingContext context, Passage passage) {
    context.request().resume();
    RateLimitFields.write(passage.admission(), context.response()::putHeader);
    if (passage.admission().allowed()) {
      HttpServerResponse response = context.response();
      whenEnded.accept(
          context.request(),
          () -> passage.end().accept(response.ended() ? response.getStatusCode() : CLIENT_LEFT));
      context.next();
    } else {
      context.fail(RateLimitFields.refusal(passage.admission()));
    }
  }

  private static String value(HttpServerRequest request, KeyPart part) {
    String value =
        switch (part.kind()) {
          case CLIENT -> request.remoteAddress().hostAddress();
          case HEADER -> request.getHeader(part.name());
          case COOKIE -> cookie(request.getCookie(part.name()));
          case ROUTE -> "api";
          case API_KEY -> request.getHeader("x-api-key");
          case CLAIM, FIELD, LITERAL -> null;
        };
    return value == null ? "" : value;
  }

  private static @Nullable String cookie(@Nullable Cookie cookie) {
    return cookie == null ? null : cookie.getValue();
  }
}
