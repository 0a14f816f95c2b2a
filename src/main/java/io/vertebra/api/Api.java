package io.vertebra.api;

import io.vertx.core.Future;
import java.util.List;

/**
 * The operations of one concern. On the bus the address is {@code vertebra.<concern>}, the header
 * {@code action} names the operation and the body is its request: the convention of the Vert.x
 * service proxies, so a generated proxy can call it too.
 *
 * @param concern one word in lower case
 * @param scope whether all nodes give the same answer
 */
public record Api(String concern, Scope scope, List<Operation<?>> operations) {

  /** Who may answer. */
  public enum Scope {
    /** Any node that runs the concern: they share its state. */
    CLUSTER,
    /** Only the node asked: the state is its own. Another is asked by {@link Api#addressOn}. */
    NODE
  }

  /** The same operations as another concern. */
  public Api as(String name) {
    return new Api(name, scope, operations);
  }

  public String address() {
    return "vertebra." + concern;
  }

  /** The bus address of this concern on one node. */
  public String addressOn(String node) {
    return address() + "." + node;
  }

  Future<Operation<?>> operation(String action) {
    for (Operation<?> operation : operations) {
      if (operation.action().equals(action)) {
        return Future.succeededFuture(operation);
      }
    }
    return Failure.future(FailureCode.NOT_FOUND, concern + " has no action " + action);
  }
}
