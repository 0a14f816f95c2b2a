package io.vertebra.kv;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The typed client does what the store itself does. */
final class BusKvServiceTest extends KvServiceContract {
  private final KvRig rig = new KvRig();
  private final BusKvService bus = BusKvService.on(rig.vertx, "n1");

  @AfterEach
  void close() {
    rig.close();
  }

  @Override
  protected KvService kv() {
    return bus;
  }

  @Override
  protected void letTimePass(Duration time) {
    rig.nanos.addAndGet(time.toNanos());
  }

  @Test
  void tellsThatNobodyAnswers() {
    KvService absent = BusKvService.on(rig.vertx, "n2");
    Throwable cause = catchThrowable(() -> await(absent.get(Bytes.utf8("a"))));
    assertThat(Failure.of(cause).code()).isEqualTo(FailureCode.UNAVAILABLE);
  }

  @Test
  void knowsTheStatusOnceItAsked() {
    assertThat(bus.status().hasLeader()).isFalse();
    KvStatus status = await(bus.refreshStatus());
    assertThat(status.isLeader()).isTrue();
    assertThat(bus.status()).isEqualTo(status);
  }

  @Test
  void endsAWatchThatWaits() {
    KvWatch watch =
        await(bus.watch(new WatchRequest(KeyRange.ALL, 0, false, Duration.ofSeconds(9))));
    Future<WatchBatch> waiting = watch.next();
    watch.close();
    assertThat(Failure.of(catchThrowable(() -> await(waiting))).code())
        .isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(watch.next().failed()).isTrue();
  }

  @Test
  void carriesTheLongestKeyAsTheEndOfARange() {
    Bytes longest = Bytes.utf8("k".repeat(KvRules.MAX_KEY_BYTES));
    TxnResult written = await(bus.put(longest, Bytes.EMPTY));
    assertThat(await(bus.get(longest))).map(KvEntry::modRevision).contains(written.revision());
  }
}
