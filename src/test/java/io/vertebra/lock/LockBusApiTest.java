package io.vertebra.lock;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LockBusApiTest extends LockApiContract {

  @Override
  Future<JsonObject> call(String name, JsonObject request) {
    int dot = name.indexOf('.');
    DeliveryOptions action =
        new DeliveryOptions().addHeader("action", name.substring(dot + 1)).setSendTimeout(90_000);
    return rig.vertx
        .eventBus()
        .<JsonObject>request("vertebra." + name.substring(0, dot), request, action)
        .map(Message::body);
  }

  /** The example of the documentation. */
  static Future<Released> underALock(Vertx vertx, Future<Void> work) {
    LockService locks = new BusLockService(vertx);
    AcquireLock request =
        AcquireLock.of("reports/daily", "worker-1", Duration.ofSeconds(15))
            .waiting(Duration.ofMinutes(1));
    return locks
        .acquire(request, Guard.NONE, Promise.<Void>promise().future())
        .compose(
            grant -> {
              ReleaseLock release =
                  ReleaseLock.of("reports/daily", "worker-1", grant.holding().token());
              return work.eventually(() -> locks.release(release, Guard.NONE))
                  .map(done -> new Released("reports/daily", true, 0));
            });
  }

  @Test
  void aClientOfTheBusHoldsALockWhileItWorks() {
    Promise<Void> work = Promise.promise();
    Future<Released> done = underALock(rig.vertx, work.future());
    awaitHeld(true);
    work.complete();
    assertThat(await(done).released()).isTrue();
    awaitHeld(false);
  }

  private void awaitHeld(boolean held) {
    io.vertebra.testkit.Waiting.eventually(
        () ->
            assertThat(await(rig.locks.inspect("reports/daily")).holders()).hasSize(held ? 1 : 0));
  }

  @Test
  void aClientOfTheBusSeesWhatTheNodeSees() {
    LockService bus = new BusLockService(rig.vertx);
    AcquireLock request =
        AcquireLock.of("a", "ann", Duration.ofSeconds(20)).on(Terms.permits(2, 3)).telling("x");
    LockGrant grant = await(bus.acquire(request, Guard.NONE, Promise.<Void>promise().future()));
    assertThat(await(bus.inspect("a"))).isEqualTo(await(rig.locks.inspect("a")));
    ListLocks list = new ListLocks("", "", 10);
    assertThat(await(bus.list(list))).isEqualTo(await(rig.locks.list(list)));
    LockService.Watch watch = await(bus.watch(new WatchLocks("a", false, grant.holding().token())));
    assertThat(await(watch.next()).events())
        .containsExactly(
            new LockEvent(
                LockEvent.Type.ACQUIRED,
                "a",
                "ann",
                grant.holding().token(),
                grant.holding().token()));
    AcquireLocks several =
        new AcquireLocks(List.of("c", "b"), AcquireLock.of("-", "ann", Duration.ofSeconds(9)));
    assertThat(await(bus.acquireAll(several, Guard.NONE, Promise.<Void>promise().future())))
        .extracting(each -> each.holding().name())
        .containsExactly("b", "c");
    assertThat(await(bus.release(ReleaseLock.of("a", "ann", grant.holding().token()), Guard.NONE)))
        .isEqualTo(new Released("a", true, 0));
  }
}
