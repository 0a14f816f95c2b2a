package io.vertebra.cluster;

import io.micrometer.core.instrument.Gauge;
import io.vertebra.api.Kernel;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Offers the cluster's operations, and logs, counts and publishes who comes and goes. */
public final class ClusterVerticle extends VerticleBase {
  /** Every change is published here on each node, to listeners of that node alone. */
  public static final String EVENTS = "vertebra.cluster.events";

  private static final Logger LOG = LoggerFactory.getLogger(ClusterVerticle.class);

  private final Kernel kernel;
  private final ClusterService cluster;

  public ClusterVerticle(Kernel kernel, ClusterService cluster) {
    this.kernel = kernel;
    this.cluster = cluster;
  }

  @Override
  public Future<?> start() {
    Gauge gauge =
        Gauge.builder("vertebra.cluster.members", cluster, service -> service.members().size())
            .description("Nodes in the cluster as this one sees it.")
            .strongReference(true)
            .register(kernel.meters());
    LOG.info("cluster.open node={} members={}", kernel.node(), (int) gauge.value());
    Context own = context;
    cluster.watch(change -> own.runOnContext(unused -> tell(change)));
    return kernel.offer(ClusterApi.of(cluster, kernel.clock()));
  }

  private void tell(MemberChange change) {
    Member member = change.member();
    if (change.kind() == MemberChange.Kind.LEFT) {
      LOG.warn("cluster.left member={} address={}", member.id(), member.address());
    } else {
      LOG.info("cluster.joined member={} address={}", member.id(), member.address());
    }
    DeliveryOptions toThisNode = new DeliveryOptions().setLocalOnly(true);
    vertx.eventBus().publish(EVENTS, change.toJson(kernel.clock().instant()), toThisNode);
  }
}
