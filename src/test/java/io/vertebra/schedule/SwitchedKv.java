package io.vertebra.schedule;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvStatus;
import io.vertebra.kv.Op;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertx.core.Future;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * A store as a node sees it that leads or does not, may lose answers to its writes, and may have
 * one of them overtaken.
 */
final class SwitchedKv {
  private final KvService kv;
  private volatile boolean leads;
  private volatile int lost;
  private final AtomicReference<Supplier<Future<?>>> first =
      new AtomicReference<>(Future::succeededFuture);

  SwitchedKv(KvService kv) {
    this.kv = kv;
  }

  void lead(boolean wanted) {
    leads = wanted;
  }

  /** The next so many writes are done, but their answers do not arrive. */
  void loseAnswers(int count) {
    lost = count;
  }

  /** Before the next write is done, something else is. */
  void overtakeNext(Supplier<Future<?>> by) {
    first.set(by);
  }

  private Future<TxnResult> txn(Txn txn) {
    boolean writes =
        txn.then().stream().anyMatch(op -> op instanceof Op.Put || op instanceof Op.Delete);
    Supplier<Future<?>> before =
        writes ? first.getAndSet(Future::succeededFuture) : Future::succeededFuture;
    return before.get().compose(done -> kv.txn(txn));
  }

  KvService service() {
    return (KvService)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {KvService.class},
            (proxy, method, arguments) -> {
              if (method.isDefault()) {
                return InvocationHandler.invokeDefault(proxy, method, arguments);
              }
              if (method.getName().equals("txn")) {
                return seen(txn((Txn) arguments[0]));
              }
              try {
                Object answer = method.invoke(kv, arguments);
                return method.getName().equals("status") ? seen((KvStatus) answer) : answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private Object seen(Future<?> answer) {
    if (lost <= 0) {
      return answer;
    }
    lost--;
    return answer.compose(done -> Failure.future(FailureCode.TIMEOUT, "the answer is lost"));
  }

  private KvStatus seen(KvStatus status) {
    return new KvStatus(
        status.clusterId(),
        status.memberId(),
        leads ? status.memberId() : 0,
        status.term(),
        status.revision(),
        status.compactedRevision(),
        status.commitIndex(),
        status.appliedIndex(),
        status.keys(),
        status.bytes());
  }
}
