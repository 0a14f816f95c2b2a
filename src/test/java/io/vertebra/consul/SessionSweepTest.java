package io.vertebra.consul;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.GrantLease;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvEvent;
import io.vertebra.kv.KvService;
import io.vertebra.kv.KvStatus;
import io.vertebra.kv.KvWatch;
import io.vertebra.kv.Lease;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.RangeResult;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertebra.kv.WatchRequest;
import io.vertebra.registry.Node;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The sweepers of three nodes over one store. */
final class SessionSweepTest {
  private static final Bytes LOCK = Layout.pair("lock");

  private final Set<Integer> leaders = ConcurrentHashMap.newKeySet();
  private final Set<Integer> gone = ConcurrentHashMap.newKeySet();
  private final AtomicInteger listed = new AtomicInteger();

  /** What a leader waits for before it lists the sessions, by how often this was done before. */
  private volatile IntFunction<Future<Void>> listing = time -> Future.succeededFuture();

  private final ConsulRig rig =
      new ConsulRig(new JsonObject(), new JsonObject(), kv -> new Seat(kv, 1));
  private final ConsulHttp http = rig.http();
  private final List<SessionSweepJob> others = new ArrayList<>();
  private final List<KvEvent> events = new CopyOnWriteArrayList<>();

  /** The store as one of the nodes sees it, which can lead it, or be gone. */
  private final class Seat implements KvService {
    private final KvService kv;
    private final int id;

    Seat(KvService kv, int id) {
      this.kv = kv;
      this.id = id;
    }

    private <T> Future<T> reached(java.util.function.Supplier<Future<T>> call) {
      return gone.contains(id)
          ? Failure.future(FailureCode.UNAVAILABLE, "node " + id + " is gone")
          : call.get();
    }

    @Override
    public Future<RangeResult> range(RangeRequest request) {
      boolean ofSessions = leaders.contains(id) && request.range().equals(Layout.SESSIONS);
      return ofSessions
          ? listing.apply(listed.incrementAndGet()).compose(go -> reached(() -> kv.range(request)))
          : reached(() -> kv.range(request));
    }

    @Override
    public Future<TxnResult> txn(Txn txn) {
      return reached(() -> kv.txn(txn));
    }

    @Override
    public Future<Lease> grant(GrantLease request) {
      return reached(() -> kv.grant(request));
    }

    @Override
    public Future<Lease> keepAlive(long lease) {
      return reached(() -> kv.keepAlive(lease));
    }

    @Override
    public Future<Long> revoke(long lease) {
      return reached(() -> kv.revoke(lease));
    }

    @Override
    public Future<Lease> lease(long lease) {
      return reached(() -> kv.lease(lease));
    }

    @Override
    public Future<List<Long>> leases() {
      return reached(kv::leases);
    }

    @Override
    public Future<KvWatch> watch(WatchRequest request) {
      return reached(() -> kv.watch(request));
    }

    @Override
    public Future<Long> compact(long revision) {
      return reached(() -> kv.compact(revision));
    }

    @Override
    public KvStatus status() {
      KvStatus status = kv.status();
      return new KvStatus(
          status.clusterId(),
          id,
          leaders.contains(id) ? id : 0,
          status.term(),
          status.revision(),
          status.compactedRevision(),
          status.commitIndex(),
          status.appliedIndex(),
          status.keys(),
          status.bytes());
    }
  }

  @BeforeEach
  void startTheOthers() {
    for (int id = 2; id <= 3; id++) {
      Seat seat = new Seat(rig.kv(), id);
      StoreReader reader = new StoreReader(seat, 1 << 20);
      SessionEnd end = new SessionEnd(seat);
      Sessions sessions = new Sessions(seat, reader, end, 2);
      SessionChecks checks = new SessionChecks(rig.registry(), Node.SHARED);
      SessionSweepJob job = new SessionSweepJob(rig.vertx, seat, reader, end, sessions, checks);
      job.start();
      others.add(job);
    }
    KeyRange all = KeyRange.prefix(Bytes.utf8(Layout.ROOT));
    follow(await(rig.kv().watch(WatchRequest.of(all))));
  }

  @AfterEach
  void close() {
    others.forEach(SessionSweepJob::stop);
    rig.close();
  }

  private void follow(KvWatch watch) {
    watch
        .next()
        .onSuccess(
            batch -> {
              events.addAll(batch.events());
              follow(watch);
            });
  }

  /** Locks a key by a new session; yields its id. */
  private String lock(String definition) {
    String id = http.session(new JsonObject(definition));
    assertThat(http.put("/v1/kv/lock?acquire=" + id, "1").body()).isEqualTo("true");
    return id;
  }

  private void awaitTheEndOf(String session) {
    eventually(() -> assertThat(await(rig.kv().get(Layout.will(session)))).isEmpty());
    eventually(() -> assertThat(count(KvEvent.Type.DELETE, Layout.will(session))).isEqualTo(1));
  }

  private long count(KvEvent.Type type, Bytes key) {
    return events.stream()
        .filter(event -> event.type() == type && event.entry().key().equals(key))
        .count();
  }

  private boolean isLocked() {
    return await(rig.kv().get(LOCK)).map(Pair::of).orElseThrow().isLocked();
  }

  @Test
  void endsASessionOnceThoughAllNodesTakeThemselvesForTheLeader() {
    leaders.addAll(Set.of(1, 2, 3));
    String id = lock("{\"TTL\": \"10s\", \"LockDelay\": \"30s\"}");
    rig.letTimePass(Duration.ofSeconds(21));
    awaitTheEndOf(id);
    assertThat(isLocked()).isFalse();
    assertThat(count(KvEvent.Type.DELETE, Layout.session(id))).isEqualTo(1);
    assertThat(count(KvEvent.Type.PUT, LOCK)).isEqualTo(2);
    assertThat(count(KvEvent.Type.PUT, Layout.delay("lock"))).isEqualTo(1);
    String next = http.session(new JsonObject());
    assertThat(http.put("/v1/kv/lock?acquire=" + next, "2").body()).isEqualTo("false");
    rig.letTimePass(Duration.ofSeconds(31));
    eventually(
        () -> assertThat(http.put("/v1/kv/lock?acquire=" + next, "2").body()).isEqualTo("true"));
  }

  @Test
  void leavesTheLocksToTheNextLeaderWhenOneIsGone() {
    leaders.add(2);
    String id = lock("{\"TTL\": \"10s\", \"LockDelay\": \"30s\"}");
    gone.add(2);
    rig.letTimePass(Duration.ofSeconds(21));
    eventually(() -> assertThat(await(rig.kv().get(Layout.session(id)))).isEmpty());
    assertThat(isLocked()).isTrue();
    leaders.add(3);
    awaitTheEndOf(id);
    assertThat(isLocked()).isFalse();
    gone.remove(2);
    String next = http.session(new JsonObject());
    assertThat(http.put("/v1/kv/lock?acquire=" + next, "2").body()).isEqualTo("false");
    assertThat(count(KvEvent.Type.PUT, Layout.delay("lock"))).isEqualTo(1);
  }

  @Test
  void leavesASessionThatIsYoungerThanWhatTheRegistrySaidWhenTheLeaderAsked() {
    register("critical");
    String bystander = http.session(new JsonObject());
    Promise<Void> goOn = Promise.promise();
    listing = time -> time == 2 ? goOn.future() : Future.succeededFuture();
    leaders.add(2);
    eventually(() -> assertThat(listed.get()).isEqualTo(2));
    register("passing");
    String id = lock("{\"Node\": \"n7\", \"NodeChecks\": [\"c\"]}");

    goOn.complete();

    eventually(() -> assertThat(listed.get()).isGreaterThan(2));
    assertThat(await(rig.kv().get(Layout.session(id)))).isPresent();
    assertThat(isLocked()).isTrue();
    register("critical");
    awaitTheEndOf(id);
    assertThat(await(rig.kv().get(Layout.session(bystander)))).isPresent();
  }

  /** A node with a check in some status. */
  private void register(String status) {
    String check = "{\"CheckID\": \"c\", \"Name\": \"c\", \"Status\": \"" + status + "\"}";
    String node = "{\"Node\": \"n7\", \"Address\": \"10.0.0.7\", \"Check\": " + check + "}";
    assertThat(http.put("/v1/catalog/register", node).status()).isEqualTo(200);
  }

  @Test
  void endsTheSessionOfANodeThatIsGoneAndRemovesItsKeysOnce() {
    leaders.addAll(Set.of(1, 2, 3));
    http.put("/v1/catalog/register", "{\"Node\": \"n7\", \"Address\": \"10.0.0.7\"}");
    String id = lock("{\"Node\": \"n7\", \"Behavior\": \"delete\", \"LockDelay\": \"30s\"}");
    String other = http.session(new JsonObject());
    http.put("/v1/catalog/deregister", "{\"Node\": \"n7\"}");
    awaitTheEndOf(id);
    assertThat(await(rig.kv().get(LOCK))).isEmpty();
    assertThat(count(KvEvent.Type.DELETE, LOCK)).isEqualTo(1);
    assertThat(count(KvEvent.Type.DELETE, Layout.session(id))).isEqualTo(1);
    assertThat(count(KvEvent.Type.PUT, Layout.delay("lock"))).isEqualTo(1);
    assertThat(await(rig.kv().get(Layout.session(other))).map(KvEntry::lease)).isPresent();
    assertThat(http.put("/v1/kv/lock?acquire=" + other, "2").body()).isEqualTo("false");
  }
}
