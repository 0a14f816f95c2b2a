package io.vertebra.registry;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** Keeps what is registered, and a view of all of it on this node that follows the changes. */
interface RegistryStore {

  /** Answers from the view, which may be some time behind. */
  <T> T look(Function<Catalog, T> question);

  /** Completes once the view has every change acknowledged before. */
  Future<Void> sync();

  /** Answers a question when the reading says. */
  <T> Future<Indexed<T>> read(Question<T> question, Reading reading);

  /** Changes what is kept, in one step. */
  Future<TxnResult> change(Txn txn);

  /** One entry as it is now. */
  Future<Optional<KvEntry>> entry(Bytes key);

  /** Lets a lease begin anew; {@code NOT_FOUND} if it ended. */
  Future<Void> keepAlive(long lease);

  /** Whether this node leads those that keep it. */
  boolean leads();

  /** Tells what the view's changes are about, from now on; not to be blocked. */
  void watch(Consumer<Set<Topic>> listener);
}
