package io.vertebra.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.testkit.linear.Register;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A judge that never finds anything is worth nothing: stores with one fault each. */
@Timeout(60)
final class TrialTest {
  private static final int CUE = 200;

  @TempDir Path folder;

  @Test
  void acquitsAStoreThatIsRight() throws Exception {
    Workload load = trial(new InMemoryStore()).run(1, Workload::toString);
    assertThat(load.history().operations()).hasSizeGreaterThan(CUE);
  }

  @Test
  void findsALostWrite() {
    convicts(
            new CuedStore() {
              @Override
              Reply spoil(String key, Register.Input input) {
                return input instanceof Register.Put
                    ? new Reply.Done(new Register.Written(newest()))
                    : pass(key, input);
              }
            })
        .hasMessageMatching("(?s).*(missing|not linearizable|revision of).*");
  }

  @Test
  void findsAWriteDoneTwice() {
    convicts(
            new CuedStore() {
              @Override
              Reply spoil(String key, Register.Input input) {
                Reply reply = pass(key, input);
                return input instanceof Register.Put ? again(reply, key, input) : reply;
              }

              private Reply again(Reply first, String key, Register.Input input) {
                Reply unused = pass(key, input);
                return first;
              }
            })
        .hasMessageContaining("not linearizable");
  }

  @Test
  void findsAStaleRead() {
    convicts(
            new CuedStore() {
              private final AtomicReference<Reply> old = new AtomicReference<>();

              @Override
              Reply spoil(String key, Register.Input input) {
                boolean reads = input instanceof Register.Get && key.endsWith("shared-0");
                if (reads && !(old.get() instanceof Reply.Done)) {
                  old.set(pass(key, input));
                }
                return reads ? old.get() : pass(key, input);
              }
            })
        .hasMessageContaining("not linearizable, key trial-1/shared-0");
  }

  @Test
  void findsAnAnswerToBeWrongThatSaysNotDone() {
    convicts(
            new CuedStore() {
              @Override
              Reply spoil(String key, Register.Input input) {
                Reply reply = pass(key, input);
                return key.contains("shared") && input instanceof Register.Put
                    ? new Reply.NotDone("a lie")
                    : reply;
              }
            })
        .hasMessageContaining("not linearizable");
  }

  @Test
  void findsAChangeThatIsNotTold() {
    convicts(new Untold(batch -> batch.subList(1, batch.size())))
        .hasMessageContaining("acknowledged but not told");
  }

  @Test
  void findsAChangeThatIsToldTwice() {
    convicts(
            new Untold(
                batch -> {
                  List<Store.Event> twice = new ArrayList<>(batch);
                  twice.add(0, batch.get(0));
                  return twice;
                }))
        .hasMessageContaining("told once");
  }

  @Test
  @Tag("slow")
  void findsALeaseThatEndsEarly() {
    convicts(
            new InMemoryStore() {
              @Override
              public void keepAlive(String lease) {}
            },
            load -> Faults.pass(6))
        .hasMessageContaining("ended early");
  }

  @Test
  @Tag("slow")
  void findsALeaseThatDoesNotEnd() {
    convicts(
            new InMemoryStore() {
              @Override
              public synchronized void putUnder(String lease, String key, String value) {
                Register.Output unused = write(key, value);
              }
            })
        .hasMessageContaining("the end of a lease");
  }

  @Test
  void findsHalfATransaction() {
    convicts(
            new InMemoryStore() {
              @Override
              Reply swapped(Map<String, Register.Swap> writes) {
                return writes.containsKey("accounts-trial-1/3")
                    ? new Reply.Done(
                        write("accounts-trial-1/3", writes.get("accounts-trial-1/3").value()))
                    : super.swapped(writes);
              }
            })
        .hasMessageContaining("sum of");
  }

  private Trial trial(Store store) {
    return new Trial(List.of(store, store, store), () -> {}, folder);
  }

  private AbstractThrowableAssert<?, ? extends Throwable> convicts(Store store) {
    return convicts(store, load -> load.awaitWrites(CUE));
  }

  private AbstractThrowableAssert<?, ? extends Throwable> convicts(Store store, Trial.Fault fault) {
    return assertThatThrownBy(() -> trial(store).run(1, fault)).isInstanceOf(AssertionError.class);
  }

  /** Right until some hundred calls were made. */
  private abstract static class CuedStore extends InMemoryStore {
    private final AtomicInteger calls = new AtomicInteger();

    @Override
    public Reply call(String key, Register.Input input) {
      return calls.incrementAndGet() < CUE ? super.call(key, input) : spoil(key, input);
    }

    abstract Reply spoil(String key, Register.Input input);

    final Reply pass(String key, Register.Input input) {
      return super.call(key, input);
    }

    final long newest() {
      return list("").stream().mapToLong(Entry::revision).max().orElse(0);
    }
  }

  /** Spoils the first changes it tells. */
  private static final class Untold extends InMemoryStore {
    private final UnaryOperator<List<Event>> spoil;

    Untold(UnaryOperator<List<Event>> spoil) {
      this.spoil = spoil;
    }

    @Override
    public Watch watch(String prefix, long fromRevision) {
      Watch watch = super.watch(prefix, fromRevision);
      return new Watch() {
        private boolean spoilt;

        @Override
        public Batch next() throws IOException {
          Batch batch = watch.next();
          if (spoilt || batch.events().isEmpty()) {
            return batch;
          }
          spoilt = true;
          return new Batch(batch.revision(), spoil.apply(batch.events()));
        }

        @Override
        public void close() throws IOException {
          watch.close();
        }
      };
    }
  }
}
