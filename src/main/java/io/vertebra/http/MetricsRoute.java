package io.vertebra.http;

import static io.vertx.core.http.HttpMethod.GET;
import static io.vertx.core.http.HttpMethod.HEAD;

import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * {@code /metrics} for Prometheus: OpenMetrics 1.0.0 for whoever accepts it, else the text format
 * 0.0.4. Collecting happens on a worker, once at a time per format.
 */
final class MetricsRoute implements AutoCloseable {
  private static final String OPEN_METRICS =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";
  private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";

  private final JvmGcMetrics gc = new JvmGcMetrics();
  private final InFlight<String> openMetrics;
  private final InFlight<String> text;

  MetricsRoute(Vertx vertx, PrometheusMeterRegistry meters) {
    openMetrics =
        new InFlight<>(() -> vertx.executeBlocking(() -> meters.scrape(OPEN_METRICS), false));
    text = new InFlight<>(() -> vertx.executeBlocking(() -> meters.scrape(TEXT), false));
    gc.bindTo(meters);
    new JvmMemoryMetrics().bindTo(meters);
    new JvmThreadMetrics().bindTo(meters);
    new ClassLoaderMetrics().bindTo(meters);
    new ProcessorMetrics().bindTo(meters);
    new UptimeMetrics().bindTo(meters);
    new FileDescriptorMetrics().bindTo(meters);
  }

  void mount(Router router) {
    router.route("/metrics").method(GET).method(HEAD).handler(this::answer);
  }

  @Override
  public void close() {
    gc.close();
  }

  private void answer(RoutingContext context) {
    String accept = context.request().getHeader(HttpHeaderNames.ACCEPT);
    boolean open = accept != null && accept.contains("application/openmetrics-text");
    Future<Void> unused =
        (open ? openMetrics : text)
            .get()
            .onFailure(context::fail)
            .compose(
                body ->
                    context
                        .response()
                        .putHeader(HttpHeaderNames.CONTENT_TYPE, open ? OPEN_METRICS : TEXT)
                        .putHeader(HttpHeaderNames.VARY, "accept")
                        .end(body));
  }
}
