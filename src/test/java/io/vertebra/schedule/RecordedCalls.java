package io.vertebra.schedule;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Targets that do what a test says, and honour ids: each id takes effect once. */
final class RecordedCalls implements CallService {
  private final List<Call> calls = new ArrayList<>();
  private final Set<String> effects = new HashSet<>();
  private boolean answers = true;

  /** One that was begun; its end is told on the context on which it was. */
  static final class Call {
    final Invocation invocation;
    final Promise<Void> promise = ContextInternal.current().promise();
    volatile boolean aborted;

    Call(Invocation invocation) {
      this.invocation = invocation;
    }

    String id() {
      return invocation.id();
    }
  }

  /** Whether a call succeeds at once; else the test completes it. */
  synchronized void answering(boolean wanted) {
    answers = wanted;
  }

  @Override
  public synchronized OpenCall call(Invocation invocation) {
    Call call = new Call(invocation);
    calls.add(call);
    effects.add(call.id());
    if (answers) {
      call.promise.complete();
    }
    return new OpenCall() {
      @Override
      public Future<Void> result() {
        return call.promise.future();
      }

      @Override
      public void abort() {
        call.aborted = true;
      }
    };
  }

  synchronized List<Call> all() {
    return List.copyOf(calls);
  }

  synchronized Call last() {
    return calls.get(calls.size() - 1);
  }

  synchronized int effects() {
    return effects.size();
  }

  List<String> ids() {
    return all().stream().map(Call::id).toList();
  }
}
