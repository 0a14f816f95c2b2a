package io.vertebra.etcd;

import io.vertebra.api.Lifecycle;
import io.vertebra.kv.KvService;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.ext.web.Router;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Offers etcd's paths on the api listener. */
public final class EtcdVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(EtcdVerticle.class);

  /** The names under which etcd 3.4 offers every path. */
  private static final List<String> PREFIXES = List.of("/v3", "/v3beta");

  private final Router router;
  private final Lifecycle lifecycle;
  private final KvService service;
  private final EtcdOptions options;
  private final Supplier<List<EtcdMember>> members;
  private final int bodyBytes;

  /**
   * Prepares the paths; the store is used from the start on.
   *
   * @param router of the api listener, behind its checks
   * @param lifecycle of the node, with whose drain watches end
   * @param members of the group, for member lists
   * @param bodyBytes longest body, and longest message of a stream
   */
  public EtcdVerticle(
      Router router,
      Lifecycle lifecycle,
      KvService service,
      EtcdOptions options,
      Supplier<List<EtcdMember>> members,
      long bodyBytes) {
    this.router = router;
    this.lifecycle = lifecycle;
    this.service = service;
    this.options = options;
    this.members = members;
    this.bodyBytes = (int) Math.min(Integer.MAX_VALUE / 2, bodyBytes);
  }

  @Override
  public Future<?> start() {
    if (options.enabled()) {
      mount();
      LOG.info("etcd.paths offered prefixes={}", PREFIXES);
    }
    return Future.succeededFuture();
  }

  private void mount() {
    LeaseMethods leases = new LeaseMethods(service);
    Map<String, Method> methods = new HashMap<>();
    methods.putAll(new KvMethods(service, options).byPath());
    methods.putAll(leases.byPath());
    methods.putAll(new ClusterMethods(service, members).byPath());
    OpenStreams streams = new OpenStreams(lifecycle, options.watchStreams());
    StreamRoute keepAlives =
        new StreamRoute(results -> new KeepAliveSession(leases, results), bodyBytes);
    StreamRoute watches =
        new StreamRoute(
            results ->
                new WatchSession(vertx.getOrCreateContext(), service, options, streams, results),
            bodyBytes);
    for (String prefix : PREFIXES) {
      methods.forEach(
          (path, method) -> router.post(prefix + path).handler(new MethodRoute(method, bodyBytes)));
      router.post(prefix + "/lease/keepalive").handler(keepAlives);
      router.post(prefix + "/watch").handler(watches);
    }
    router
        .get("/version")
        .handler(context -> MethodRoute.send(context.response(), 200, ClusterMethods.version()));
  }
}
