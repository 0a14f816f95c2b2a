package io.vertebra.counter;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.STALE;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertebra.api.Failure;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.KvService;
import io.vertebra.kv.Numbers;
import io.vertebra.kv.Op;
import io.vertebra.kv.OpResult;
import io.vertebra.kv.RangeRequest;
import io.vertebra.kv.RangeResult;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntUnaryOperator;

/**
 * Counters as keys of the store. An ordinary one is its number in decimal digits. One of several
 * shards is a word that says how many, which follows all numbers in the order of bytes; its numbers
 * are keys of their own.
 */
final class KvCounterStore implements CounterStore {
  private static final String COUNTER = "\0counter/";
  private static final String SHARD = "\0counter-shard/";
  private static final String SEQUENCE = "\0sequence/";
  private static final String SHARDED = "shards=";

  /** After every number, and not after what says how many shards there are. */
  private static final Bytes AFTER_NUMBERS = Bytes.utf8(SHARDED);

  private static final int ATTEMPTS = 3;

  private final KvService kv;
  private final IntUnaryOperator random;

  /**
   * @param random a number from 0 to below a bound
   */
  KvCounterStore(KvService kv, IntUnaryOperator random) {
    this.kv = kv;
    this.random = random;
  }

  /**
   * What this node knows of the counter says which keys to add to; the store refuses if it is
   * otherwise. An add with an idempotency key must come to the same transaction each time, so it
   * asks for what all know.
   */
  @Override
  public Future<Added> add(AddCounter request, Guard guard) {
    RangeRequest main = RangeRequest.one(key(request.name()));
    boolean keyed = !guard.idempotencyKey().isEmpty();
    return kv.range(keyed ? main : main.locally())
        .compose(found -> add(request, guard, shards(found.first()), ATTEMPTS));
  }

  private Future<Added> add(AddCounter request, Guard guard, int shards, int attempts) {
    Future<Added> added =
        shards == 1 ? addToOne(request, guard) : addToShard(request, guard, shards);
    return added.recover(
        cause ->
            Failure.of(cause).code() == CONFLICT && attempts > 1
                ? kv.get(key(request.name()))
                    .compose(
                        found ->
                            shards(found) == shards
                                ? Future.failedFuture(cause)
                                : add(request, guard, shards(found), attempts - 1))
                : Future.failedFuture(cause));
  }

  private Future<Added> addToOne(AddCounter request, Guard guard) {
    return added(Txn.of(step(request)), guard)
        .map(result -> added(request, result, result.results().get(0)));
  }

  private Future<Added> addToShard(AddCounter request, Guard guard, int shards) {
    if (request.isBounded()) {
      return Future.failedFuture(
          Failure.invalid("/floor", "and ceiling need a counter of one shard"));
    }
    String once = guard.idempotencyKey();
    int shard = once.isEmpty() ? random.applyAsInt(shards) : Math.floorMod(once.hashCode(), shards);
    Bytes key = key(request.name());
    Compare same = Compare.value(key, Compare.Relation.EQUAL, definition(shards));
    Op step = Op.add(shardKey(request.name(), shard), request.step());
    return kv.txn(guard.on(Txn.when(same, step)))
        .compose(
            result ->
                result.succeeded()
                    ? Future.succeededFuture(
                        new Added(
                            request.name(),
                            OptionalLong.empty(),
                            result.revision(),
                            result.replayed()))
                    : Failure.future(CONFLICT, request.name() + " was made anew meanwhile"));
  }

  /** A refusal names the key, of which callers know the name. */
  private Future<TxnResult> added(Txn txn, Guard guard) {
    return kv.txn(guard.on(txn))
        .recover(
            cause ->
                Failure.of(cause).code() == CONFLICT
                    ? Failure.future(
                        CONFLICT,
                        String.valueOf(cause.getMessage())
                            .replace(COUNTER, "")
                            .replace(SEQUENCE, ""))
                    : Future.failedFuture(cause));
  }

  @Override
  public Future<List<Added>> addAll(List<AddCounter> requests, Guard guard) {
    Op[] steps = requests.stream().map(KvCounterStore::step).toArray(Op[]::new);
    return added(Txn.of(steps), guard)
        .map(
            result -> {
              List<Added> all = new ArrayList<>();
              for (int i = 0; i < requests.size(); i++) {
                all.add(added(requests.get(i), result, result.results().get(i)));
              }
              return List.copyOf(all);
            });
  }

  @Override
  public Future<Optional<Counter>> find(String name) {
    return kv.range(RangeRequest.one(key(name)))
        .compose(
            result ->
                result.first().isEmpty()
                    ? Future.succeededFuture(Optional.empty())
                    : counter(result.first().get(), result.revision()).map(Optional::of));
  }

  @Override
  public Future<CounterPage> list(ListCounters request) {
    KeyRange all = KeyRange.prefix(key(request.prefix()));
    Bytes from = request.after().map(name -> key(name).successor()).orElse(all.from());
    KeyRange rest = from.compareTo(all.from()) < 0 ? all : new KeyRange(from, all.to());
    return kv.range(RangeRequest.all(rest).limited(request.limit()))
        .compose(result -> counters(result, 0, new ArrayList<>()));
  }

  private Future<CounterPage> counters(RangeResult result, int next, List<Counter> read) {
    int at = next;
    while (at < result.entries().size() && shards(result.entries().get(at)) == 1) {
      read.add(plain(result.entries().get(at)));
      at++;
    }
    if (at == result.entries().size()) {
      Optional<String> cursor =
          result.more()
              ? Optional.of(ListCounters.cursorAfter(read.get(read.size() - 1).name()))
              : Optional.empty();
      return Future.succeededFuture(new CounterPage(read, cursor, result.revision()));
    }
    int after = at + 1;
    return counter(result.entries().get(at), result.revision())
        .compose(
            counter -> {
              read.add(counter);
              return counters(result, after, read);
            });
  }

  @Override
  public Future<Counter> set(SetCounter request, Guard guard) {
    Bytes key = key(request.name());
    return kv.txn(guard.on(request.shards() > 1 ? creation(request, key) : setting(request, key)))
        .compose(
            result ->
                isDone(result)
                    ? Future.succeededFuture(
                        new Counter(
                            request.name(), request.value(), request.shards(), result.revision()))
                    : Future.failedFuture(refusal(request, present(result))));
  }

  private static Txn creation(SetCounter request, Bytes key) {
    return Txn.when(Compare.absent(key), Op.put(key, definition(request.shards())))
        .otherwise(Op.get(key));
  }

  private static Txn setting(SetCounter request, Bytes key) {
    Op put = Op.put(key, Numbers.of(request.value()));
    List<Compare> compares = new ArrayList<>();
    request
        .ifValue()
        .ifPresent(
            value -> compares.add(Compare.value(key, Compare.Relation.EQUAL, Numbers.of(value))));
    request.ifRevision().ifPresent(revision -> compares.add(Compare.modifiedAt(key, revision)));
    if (compares.isEmpty() || request.ifRevision().equals(Optional.of(0L))) {
      compares.add(Compare.absent(key));
    } else {
      compares.add(isNumber(key));
    }
    Op otherwise =
        request.ifValue().isEmpty() && request.ifRevision().isEmpty()
            ? new Op.Choice(List.of(isNumber(key)), List.of(put), List.of(Op.get(key)))
            : Op.get(key);
    return new Txn(compares, List.of(put), List.of(otherwise), Optional.empty(), "");
  }

  private static boolean isDone(TxnResult result) {
    return result.succeeded()
        || (result.results().get(0) instanceof OpResult.Choice choice && choice.succeeded());
  }

  private static Optional<KvEntry> present(TxnResult result) {
    OpResult first = result.results().get(0);
    OpResult read = first instanceof OpResult.Choice choice ? choice.results().get(0) : first;
    return read instanceof OpResult.Get get ? get.result().first() : Optional.empty();
  }

  private static Failure refusal(SetCounter request, Optional<KvEntry> present) {
    if (shards(present) > 1) {
      return new Failure(CONFLICT, request.name() + " has shards: it can be reset or removed");
    }
    String found =
        present
            .map(entry -> " holds " + number(entry) + " at revision " + entry.modRevision())
            .orElse(" is not there");
    return new Failure(request.shards() > 1 ? CONFLICT : STALE, request.name() + found);
  }

  @Override
  public Future<Optional<Counter>> reset(String name, Guard guard) {
    Bytes key = key(name);
    Op touch = new Op.Put(key, Bytes.EMPTY, 0, false, true, true);
    Op.Choice sharded =
        new Op.Choice(
            List.of(Compare.exists(key)),
            List.of(touch, new Op.Delete(shardKeys(name), false), Op.get(key)),
            List.of());
    Txn txn = Txn.when(isNumber(key), Op.put(key, Numbers.of(0))).otherwise(sharded);
    return kv.txn(guard.on(txn))
        .map(
            result -> {
              if (!isDone(result)) {
                return Optional.empty();
              }
              int shards = 1;
              if (result.results().get(0) instanceof OpResult.Choice choice
                  && choice.results().get(2) instanceof OpResult.Get get) {
                shards = shards(get.result().first());
              }
              return Optional.of(new Counter(name, 0, shards, result.revision()));
            });
  }

  @Override
  public Future<Optional<Long>> delete(String name, Guard guard) {
    Op shards = new Op.Delete(shardKeys(name), false);
    return kv.txn(guard.on(Txn.of(Op.delete(key(name)), shards)))
        .map(
            result ->
                result.results().get(0) instanceof OpResult.Delete gone && gone.deleted() > 0
                    ? Optional.of(result.revision())
                    : Optional.empty());
  }

  @Override
  public Future<Block> take(TakeBlock request, Guard guard) {
    Op step = Op.add(Bytes.utf8(SEQUENCE + request.name()), request.count());
    return added(Txn.of(step), guard)
        .map(
            result -> {
              long last = sum(result.results().get(0));
              long first = last - request.count() + 1;
              return new Block(request.name(), first, last, result.revision(), result.replayed());
            });
  }

  /** A counter as of a revision at which it was read. */
  private Future<Counter> counter(KvEntry entry, long revision) {
    if (shards(entry) == 1) {
      return Future.succeededFuture(plain(entry));
    }
    return kv.range(RangeRequest.all(shardKeys(name(entry))).at(revision))
        .map(result -> new Counter(name(entry), sum(result), shards(entry), revision));
  }

  private static long sum(RangeResult shards) {
    long sum = 0;
    for (KvEntry entry : shards.entries()) {
      try {
        sum = Math.addExact(sum, number(entry));
      } catch (ArithmeticException overflow) {
        throw new Failure(CONFLICT, "64 bits cannot hold the sum of the shards");
      }
    }
    return sum;
  }

  private static long sum(OpResult result) {
    return result instanceof OpResult.Add add ? add.value() : 0;
  }

  private static Added added(AddCounter request, TxnResult result, OpResult step) {
    return new Added(
        request.name(), OptionalLong.of(sum(step)), result.revision(), result.replayed());
  }

  private static Op step(AddCounter request) {
    return new Op.Add(key(request.name()), request.step(), request.floor(), request.ceiling());
  }

  private static Counter plain(KvEntry entry) {
    return new Counter(name(entry), number(entry), 1, entry.modRevision());
  }

  private static Compare isNumber(Bytes key) {
    return Compare.value(key, Compare.Relation.LESS, AFTER_NUMBERS);
  }

  private static Bytes definition(int shards) {
    return Bytes.utf8(SHARDED + shards);
  }

  private static int shards(Optional<KvEntry> entry) {
    return entry.map(KvCounterStore::shards).orElse(1);
  }

  private static int shards(KvEntry entry) {
    String text = new String(entry.value().unsafeArray(), UTF_8);
    return text.startsWith(SHARDED) ? Integer.parseInt(text.substring(SHARDED.length())) : 1;
  }

  private static long number(KvEntry entry) {
    return Numbers.parse(entry.key(), entry.value());
  }

  private static Bytes key(String name) {
    return Bytes.utf8(COUNTER + name);
  }

  private static String name(KvEntry entry) {
    return new String(entry.key().unsafeArray(), UTF_8).substring(COUNTER.length());
  }

  private static Bytes shardKey(String name, int shard) {
    return Bytes.utf8(SHARD + name + "\0" + HexFormat.of().toHexDigits((byte) shard));
  }

  private static KeyRange shardKeys(String name) {
    return KeyRange.prefix(Bytes.utf8(SHARD + name + "\0"));
  }
}
