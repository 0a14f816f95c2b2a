package io.vertebra.lock;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Fields;
import io.vertebra.kv.Guard;
import io.vertebra.lock.LockStore.Granted;
import io.vertebra.lock.LockStore.Queued;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stores of documents do as well; their clock is a real one, put forward. */
abstract class DocumentLockStoreContract extends LockStoreContract {
  private static final LockOptions OPTIONS =
      LockOptions.from(Fields.of(new JsonObject().put("sessionMs", 60_000)));
  static final AtomicLong AHEAD_MS = new AtomicLong();

  private final Queue<LockEvent> told = new ConcurrentLinkedQueue<>();
  private DocumentLockStore store;
  private DocumentLockStore other;

  abstract Vertx vertx();

  abstract LockDocumentStore documents();

  @BeforeEach
  void open() {
    store = open("one");
    other = open("two");
  }

  private DocumentLockStore open(String name) {
    DocumentLockStore opened =
        new DocumentLockStore(vertx(), documents(), OPTIONS, name, System::nanoTime, told::add);
    opened.start();
    return opened;
  }

  @Override
  LockStore store() {
    return store;
  }

  @Override
  void letTimePass(Duration time) {
    AHEAD_MS.addAndGet(time.toMillis());
  }

  @AfterEach
  void stop() {
    store.stop();
    other.stop();
  }

  @Test
  void endsALeaseByTheServersClock() {
    grant(AcquireLock.of(name, "ann", Duration.ofSeconds(1)));
    Queued bob = queue("bob");
    assertThat(await(bob.granted()).holding().owner()).isEqualTo("bob");
  }

  @Test
  void saysThatItsTokensAreNumberedElsewhere() {
    Holding held = grant(ask("ann"));
    assertThat(store.fence(held)).isEqualTo("~" + name + "@" + held.token());
  }

  @Test
  void servesWhoWaitsOnAnotherNode() {
    Holding ann = grant(ask("ann"));
    Queued bob = (Queued) await(other.acquire(ask("bob").waiting(WAIT), Guard.NONE));
    assertThat(release(ann)).contains(0);
    Granted granted = await(bob.granted());
    assertThat(granted.holding().token()).isGreaterThan(ann.token());
    assertThat(granted.safe()).isPositive().isLessThanOrEqualTo(LEASE);
  }

  @Test
  void keepsNoPlaceForANodeThatEnded() {
    Holding ann = grant(AcquireLock.of(name, "ann", Duration.ofMinutes(2)));
    Queued lost = (Queued) await(other.acquire(ask("bob").waiting(WAIT), Guard.NONE));
    other.stop();
    letTimePass(OPTIONS.session());
    Queued carl = queue("carl");
    assertThat(carl.position()).isEqualTo(1);
    assertThat(release(ann)).contains(0);
    assertThat(await(carl.granted()).holding().owner()).isEqualTo("carl");
    assertThat(lost.granted().succeeded()).isFalse();
  }

  @Test
  void announcesOnceWhatItsNodesDid() {
    Holding ann = grant(ask("ann"));
    Queued bob = (Queued) await(other.acquire(ask("bob").waiting(WAIT), Guard.NONE));
    assertThat(release(ann)).contains(0);
    await(bob.granted());
    assertThat(told)
        .extracting(event -> event.type() + " " + event.owner())
        .containsExactly("ACQUIRED ann", "WAITING bob", "RELEASED ann", "ACQUIRED bob");
  }

  @Test
  void forgetsNamesThatAreFree() {
    Holding held = grant(ask("ann"));
    assertThat(release(held)).contains(0);
    assertThat(await(store.inspect(name)).revision()).isPositive();
    letTimePass(Duration.ofMinutes(2));
    await(documents().sweep());
    assertThat(await(store.inspect(name)).revision()).isZero();
    assertThat(grant(ask("ann")).token()).isGreaterThan(held.token());
  }
}
