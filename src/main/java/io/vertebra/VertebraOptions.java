package io.vertebra;

import io.vertebra.api.Fields;
import io.vertebra.cluster.ClusterOptions;
import io.vertebra.etcd.EtcdOptions;
import io.vertebra.gateway.GatewayOptions;
import io.vertebra.http.ApiOptions;
import io.vertebra.kv.KvOptions;
import io.vertebra.log.LogOptions;
import io.vertebra.raft.RaftOptions;
import io.vertebra.route.RouteOptions;
import java.util.function.Supplier;

/** All options of a node, one component per section of the file. */
public record VertebraOptions(
    NodeOptions node,
    LogOptions log,
    ClusterOptions cluster,
    ShutdownOptions shutdown,
    ApiOptions api,
    GatewayOptions gateway,
    KvOptions kv,
    RaftOptions raft,
    EtcdOptions etcd,
    RouteOptions route) {

  public static VertebraOptions from(Fields fields) {
    NodeOptions node = fields.section("node", NodeOptions::from);
    LogOptions log = fields.section("log", LogOptions::from);
    ClusterOptions cluster = fields.section("cluster", ClusterOptions::from);
    ShutdownOptions shutdown = fields.section("shutdown", ShutdownOptions::from);
    ApiOptions api = fields.section("api", ApiOptions::from);
    GatewayOptions gateway = fields.section("gateway", GatewayOptions::from);
    KvOptions kv = fields.section("kv", KvOptions::from);
    RaftOptions raft = fields.section("raft", RaftOptions::from);
    EtcdOptions etcd = fields.section("etcd", EtcdOptions::from);
    Supplier<RouteOptions> route = RouteOptions.reading(fields);
    return fields.build(
        () ->
            new VertebraOptions(
                node, log, cluster, shutdown, api, gateway, kv, raft, etcd, route.get()));
  }
}
