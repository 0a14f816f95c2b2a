package io.vertebra.http;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.ext.web.Router;
import org.jspecify.annotations.Nullable;

/** The share of the api listener that runs on one event loop. */
final class ApiVerticle extends VerticleBase {
  private final HttpListener listener;
  private final Router router;

  ApiVerticle(HttpListener listener, Router router) {
    this.listener = listener;
    this.router = router;
  }

  @Override
  public Future<?> start() {
    return listener.listen(router, request -> isProbe(request.path()));
  }

  private static boolean isProbe(@Nullable String path) {
    return path != null && HealthRoutes.isProbe(path);
  }
}
