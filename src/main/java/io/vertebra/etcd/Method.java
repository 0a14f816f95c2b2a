package io.vertebra.etcd;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;

/** A method of etcd's protocol that has one request and one answer. */
@FunctionalInterface
interface Method {

  /** Answers; whatever is thrown or fails is told in etcd's words. */
  Future<JsonObject> call(Message request);
}
