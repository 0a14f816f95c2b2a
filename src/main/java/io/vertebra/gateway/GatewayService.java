package io.vertebra.gateway;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** What can be asked of a node's gateway. */
interface GatewayService {

  /**
   * Tells which route, upstream and endpoint a request would get, and why, without sending it and
   * without a trace in any statistic.
   */
  Future<JsonObject> explain(ExplainRequest request);

  /** The live state of every upstream as this node sees it. */
  Future<JsonObject> upstreams();
}
