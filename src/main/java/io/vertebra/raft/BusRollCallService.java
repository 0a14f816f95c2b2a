package io.vertebra.raft;

import io.vertebra.api.Fields;
import io.vertebra.cluster.ClusterService;
import io.vertebra.cluster.Member;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Asks the nodes that the cluster sees, over the event bus. */
final class BusRollCallService implements RollCallService {
  private static final String ADDRESS = "vertebra.raft-peer";
  private static final String QUEUES = "-queue";
  private static final long TIMEOUT_MS = 1_000;

  private final Vertx vertx;
  private final ClusterService cluster;
  private final String address;

  private BusRollCallService(Vertx vertx, ClusterService cluster, String kind) {
    this.vertx = vertx;
    this.cluster = cluster;
    this.address = ADDRESS + kind + ".";
  }

  /** Of the group on which all but queues stand. */
  static BusRollCallService main(Vertx vertx, ClusterService cluster) {
    return new BusRollCallService(vertx, cluster, "");
  }

  /** Of the group of the queues. */
  static BusRollCallService queues(Vertx vertx, ClusterService cluster) {
    return new BusRollCallService(vertx, cluster, QUEUES);
  }

  /** Answers for this node from now on; completes when the others may ask. */
  Future<Void> answer(Supplier<Introduction> introduction) {
    return vertx
        .eventBus()
        .<JsonObject>consumer(address + cluster.self().id())
        .handler(message -> message.reply(introduction.get().toJson()))
        .completion();
  }

  @Override
  public Future<List<Introduction>> hear() {
    List<Future<Optional<Introduction>>> answers =
        cluster.members().stream().filter(BusRollCallService::isCore).map(this::ask).toList();
    return Future.all(answers)
        .map(all -> answers.stream().flatMap(answer -> answer.result().stream()).toList());
  }

  static boolean isCore(Member member) {
    return member.facts().roles().contains("core");
  }

  /** Empty for one that does not answer, or not so that it can be understood. */
  private Future<Optional<Introduction>> ask(Member member) {
    DeliveryOptions options = new DeliveryOptions().setSendTimeout(TIMEOUT_MS);
    return vertx
        .eventBus()
        .<JsonObject>request(address + member.id(), new JsonObject(), options)
        .map(Message::body)
        .map(json -> Optional.of(Introduction.from(Fields.of(json))))
        .otherwise(cause -> Optional.empty());
  }
}
