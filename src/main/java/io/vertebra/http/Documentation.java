package io.vertebra.http;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.HEAD;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertebra.api.Api;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code /openapi.json} for programs and {@code /docs}, the same for people: one page without
 * scripts that fetches nothing.
 */
final class Documentation {
  private final Supplier<List<Api>> apis;
  private volatile @Nullable Rendered rendered;

  /** Both documents as they are for so many APIs; none is ever taken back. */
  private record Rendered(int apis, Buffer json, String page) {}

  Documentation(Supplier<List<Api>> apis) {
    this.apis = apis;
  }

  void mount(Router router) {
    router.route("/openapi.json").method(GET).method(HEAD).handler(this::answerJson);
    router.route("/docs").method(GET).method(HEAD).handler(this::answerPage);
  }

  private void answerJson(RoutingContext context) {
    Future<Void> unused =
        context
            .response()
            .putHeader(HttpHeaderNames.CONTENT_TYPE, "application/json")
            .end(rendered().json());
  }

  private void answerPage(RoutingContext context) {
    Future<Void> unused =
        context
            .response()
            .putHeader(HttpHeaderNames.CONTENT_TYPE, "text/html; charset=utf-8")
            .putHeader(HttpHeaderNames.CONTENT_SECURITY_POLICY, DocumentationPage.POLICY)
            .end(rendered().page());
  }

  private Rendered rendered() {
    List<Api> offered = apis.get();
    Rendered present = rendered;
    if (present == null || present.apis() != offered.size()) {
      JsonObject document = OpenApi.document(offered);
      present =
          new Rendered(
              offered.size(),
              Buffer.buffer(document.encodePrettily()),
              DocumentationPage.render(document));
      rendered = present;
    }
    return present;
  }
}
