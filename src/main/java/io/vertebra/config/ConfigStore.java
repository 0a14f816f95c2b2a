package io.vertebra.config;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** What a backend must do for configuration. {@code ConfigStoreContract} says the rest. */
interface ConfigStore {

  /** A namespace as it is now, with everything committed before the call. */
  Future<Namespace> read(String namespace);

  /**
   * The names of namespaces after one of them, in order.
   *
   * @param after may be empty
   */
  Future<List<String>> names(String after, int limit);

  /**
   * Does it all, if the namespace is still what it was.
   *
   * @return the namespace after it; empty if it had changed, and nothing was done; {@code
   *     TOO_LARGE} if it is more than one transaction takes
   */
  Future<Optional<Namespace>> commit(Commit commit);

  /** The releases of a namespace after a revision, as far as they are kept, the oldest first. */
  Future<List<Released>> releases(String namespace, long after);

  /** What keys held until a release after that revision, the one that ended first at first. */
  Future<List<Past>> past(String namespace, long after);

  /**
   * Has {@code listener} told of every namespace that changed, in the order of its changes, each
   * after it is {@linkplain #present present} here.
   */
  void watch(Consumer<Namespace> listener);

  /** A namespace as far as is known here, without asking; it may be old. */
  Optional<Namespace> present(String namespace);

  /** How many namespaces there are, as far as is known here. */
  int count();
}
