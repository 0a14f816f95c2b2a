package io.vertebra.consul;

import io.vertebra.kv.KvService;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import java.util.List;
import java.util.function.Supplier;

/** {@code /v1/status}, and {@code /v1/acl}, which there is none of. */
final class StatusEndpoints {
  private static final List<HttpMethod> METHODS =
      List.of(HttpMethod.GET, HttpMethod.PUT, HttpMethod.POST, HttpMethod.DELETE);

  private final KvService kv;
  private final Supplier<List<ConsulPeer>> peers;

  StatusEndpoints(KvService kv, Supplier<List<ConsulPeer>> peers) {
    this.kv = kv;
    this.peers = peers;
  }

  void offer(Paths paths) {
    paths.get("/v1/status/leader", asked -> Future.succeededFuture(leader()));
    paths.get("/v1/status/peers", asked -> Future.succeededFuture(peers()));
    for (HttpMethod method : METHODS) {
      paths.offer(
          method,
          "/v1/acl/",
          asked -> Future.failedFuture(new ConsulException(401, "ACL support disabled")));
    }
  }

  private Reply leader() {
    long leader = kv.status().leaderId();
    return Reply.json(
        peers.get().stream()
            .filter(peer -> leader != 0 && peer.id() == leader)
            .map(ConsulPeer::address)
            .findFirst()
            .orElse(""));
  }

  private Reply peers() {
    return Reply.json(new JsonArray(peers.get().stream().map(ConsulPeer::address).toList()));
  }
}
