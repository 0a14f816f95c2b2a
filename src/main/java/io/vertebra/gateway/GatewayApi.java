package io.vertebra.gateway;

import static io.vertx.core.http.HttpMethod.GET;

import io.vertebra.api.Api;
import io.vertebra.api.Fields;
import io.vertebra.api.Operation;
import java.util.List;

/** What can be asked of the gateway: the one place that names it. */
final class GatewayApi {
  private GatewayApi() {}

  static Api of(GatewayService gateway) {
    return new Api(
        "gateway",
        Api.Scope.NODE,
        List.of(
            Operation.of(
                "explain",
                GET,
                "/api/v1/gateway/explain",
                "Tells which route, upstream and endpoint a request would get, and why.",
                ExplainRequest::from,
                gateway::explain),
            Operation.of(
                "upstreams",
                GET,
                "/api/v1/upstreams",
                "Shows the live state of every upstream on this node.",
                GatewayApi::nothing,
                nothing -> gateway.upstreams())));
  }

  private static Object nothing(Fields fields) {
    return fields.build(Object::new);
  }
}
