package io.vertebra.ids;

import static io.vertebra.api.FailureCode.LIMITED;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertebra.api.Failure;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Numbers;
import io.vertebra.kv.Op;
import io.vertebra.kv.OpResult;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertx.core.Future;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Worker numbers as keys of the store: who has one, which ends with a lease, and up to when its
 * times are set aside, which stays. The latter is only ever added to, so that an addition that
 * comes late does no harm.
 */
final class KvWorkerStore implements WorkerStore {
  static final long LEASE_MS = 30_000;

  private static final String PREFIX = "\0ids/";
  private static final String HOLDER = PREFIX + "worker/";
  private static final String MARK = PREFIX + "mark/";
  private static final int ATTEMPTS = 8;

  private final KvService kv;
  private final String node;
  private final SecureRandom random = new SecureRandom();

  KvWorkerStore(KvService kv, String node) {
    this.kv = kv;
    this.node = node;
  }

  @Override
  public Future<Worker> take(long until) {
    return take(until, ATTEMPTS);
  }

  private Future<Worker> take(long until, int attempts) {
    return kv.range(RangeRequest.all(KeyRange.prefix(Bytes.utf8(PREFIX))))
        .compose(result -> take(until, attempts, byKey(result.entries())));
  }

  private Future<Worker> take(long until, int attempts, Map<Bytes, KvEntry> entries) {
    List<Integer> free =
        IntStream.range(0, Window.WORKERS)
            .filter(number -> !entries.containsKey(holder(number)))
            .boxed()
            .toList();
    if (free.isEmpty()) {
      return Failure.future(LIMITED, "all " + Window.WORKERS + " worker numbers are taken");
    }
    // The first ones are used again; that two nodes want the same one is no matter but of time.
    int number = free.get(attempts == ATTEMPTS ? 0 : random.nextInt(free.size()));
    long mark =
        Optional.ofNullable(entries.get(mark(number)))
            .map(entry -> Numbers.parse(entry.key(), entry.value()))
            .orElse(0L);
    long more = Math.max(until - mark, 1);
    long lease = random.nextLong() >>> 1 | 1;
    Txn txn =
        Txn.when(
            Compare.absent(holder(number)),
            new Op.Grant(lease, LEASE_MS),
            Op.put(holder(number), Bytes.utf8(node), lease),
            Op.add(mark(number), more));
    return kv.txn(txn)
        .compose(
            result -> {
              if (result.succeeded()) {
                long last = sum(result, 2);
                return Future.succeededFuture(new Worker(number, lease, last - more, last));
              }
              return attempts > 1
                  ? take(until, attempts - 1)
                  : Failure.future(LIMITED, "others took every worker number that was free");
            });
  }

  @Override
  public Future<Optional<Long>> extend(Worker worker, long byMs) {
    Compare mine =
        Compare.number(
            holder(worker.number()), Compare.Target.LEASE, Compare.Relation.EQUAL, worker.lease());
    return kv.txn(Txn.when(mine, Op.add(mark(worker.number()), byMs)))
        .map(result -> result.succeeded() ? Optional.of(sum(result, 0)) : Optional.empty());
  }

  @Override
  public Future<Void> keep(Worker worker) {
    return kv.keepAlive(worker.lease()).mapEmpty();
  }

  @Override
  public Future<Void> release(Worker worker) {
    return kv.revoke(worker.lease()).mapEmpty();
  }

  private static long sum(TxnResult result, int step) {
    return result.results().get(step) instanceof OpResult.Add add ? add.value() : 0;
  }

  private static Map<Bytes, KvEntry> byKey(List<KvEntry> entries) {
    return entries.stream().collect(Collectors.toMap(KvEntry::key, Function.identity()));
  }

  private static Bytes holder(int number) {
    return key(HOLDER, number);
  }

  private static Bytes mark(int number) {
    return key(MARK, number);
  }

  private static Bytes key(String prefix, int number) {
    return Bytes.wrap((prefix + number).getBytes(UTF_8));
  }
}
