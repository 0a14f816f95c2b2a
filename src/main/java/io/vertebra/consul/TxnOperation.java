package io.vertebra.consul;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** One operation of a transaction. */
sealed interface TxnOperation permits TxnStep, CatalogStep {
  /** The most in a transaction. */
  int MOST = 128;

  static List<TxnOperation> list(Object body) {
    if (!(body instanceof JsonArray array)) {
      throw ConsulException.badRequest("Failed to parse body: it must be a list of operations");
    }
    if (array.size() > MOST) {
      throw ConsulException.tooLarge(
          "Transaction contains too many operations (" + array.size() + " > " + MOST + ")");
    }
    List<TxnOperation> operations = new ArrayList<>();
    for (Object item : array) {
      if (!(item instanceof JsonObject object)) {
        throw ConsulException.badRequest("Failed to parse body: an operation must be an object");
      }
      operations.add(from(new LenientJson(object)));
    }
    return operations;
  }

  private static TxnOperation from(LenientJson operation) {
    if (operation.has("KV")) {
      return TxnStep.from(operation.object("KV"));
    }
    for (CatalogStep.Kind kind : CatalogStep.Kind.values()) {
      if (operation.has(kind.word())) {
        return CatalogStep.from(kind, operation.object(kind.word()));
      }
    }
    throw ConsulException.badRequest(
        "Failed to parse body: an operation must be on KV, Node, Service or Check");
  }
}
