package io.vertebra;

import io.vertebra.api.Fields;
import io.vertebra.cluster.ClusterOptions;
import io.vertebra.log.LogOptions;

/** All options of a node, one component per section of the file. */
public record VertebraOptions(
    NodeOptions node,
    LogOptions log,
    ClusterOptions cluster,
    ShutdownOptions shutdown,
    StandInApi.Options api) {

  public static VertebraOptions from(Fields fields) {
    NodeOptions node = fields.section("node", NodeOptions::from);
    LogOptions log = fields.section("log", LogOptions::from);
    ClusterOptions cluster = fields.section("cluster", ClusterOptions::from);
    ShutdownOptions shutdown = fields.section("shutdown", ShutdownOptions::from);
    StandInApi.Options api = fields.section("api", StandInApi.Options::from);
    return fields.build(() -> new VertebraOptions(node, log, cluster, shutdown, api));
  }
}
