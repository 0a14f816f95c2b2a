package io.vertebra.cluster;

import io.vertebra.api.Api;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Instant;
import java.util.List;

/** The operations on the cluster: the one place that names them, their paths and their JSON. */
final class ClusterApi {
  private ClusterApi() {}

  static Api of(ClusterService cluster, Clock clock) {
    return new Api(
        "cluster",
        Api.Scope.CLUSTER,
        List.of(
            Operation.of(
                "members",
                HttpMethod.GET,
                "/api/v1/cluster",
                "Lists the nodes of the cluster, says which one answers, and whether any one of them"
                    + " could end without a loss of what they hold in memory.",
                ClusterApi::nothing,
                nothing ->
                    cluster.isCopied().map(copied -> members(cluster, copied, clock.instant())))));
  }

  private static String nothing(Fields fields) {
    return fields.build(() -> "");
  }

  private static JsonObject members(ClusterService cluster, boolean copied, Instant now) {
    JsonArray members = new JsonArray();
    cluster.members().forEach(member -> members.add(member.toJson(now)));
    return new JsonObject()
        .put("thisNode", cluster.self().id())
        .put("copied", copied)
        .put("members", members);
  }
}
