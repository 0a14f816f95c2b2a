package io.vertebra.lock;

import io.vertebra.redis.RedisScript;
import io.vertebra.redis.RedisService;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Documents of locks in hashes of Redis, all in one hash slot, changed by scripts alone. Numbers
 * are those of one key that is never reset and follow the server's clock, so that they grow for
 * ever without a key for each name. A name is forgotten a while after it was free.
 */
final class RedisLockStore implements LockDocumentStore {
  private static final String TAG = "{vertebra:lock}:";
  private static final String CHANNEL = TAG + "changes";
  private static final String NUMBER = TAG + "token";
  private static final String DOCUMENTS = TAG + "documents";
  private static final String VERSIONS = TAG + "versions";
  private static final String NAMES = TAG + "names";
  private static final String ENDS = TAG + "ends";
  private static final int SWEEP_AT_ONCE = 1_000;

  private static final RedisScript READ = script("read.lua");
  private static final RedisScript WRITE = script("write.lua");
  private static final RedisScript LIST = script("list.lua");
  private static final RedisScript SWEEP = script("sweep.lua");

  private final RedisService redis;
  private final LongSupplier aheadMs;

  /**
   * @param aheadMs added to the server's clock; 0 but in tests
   */
  RedisLockStore(RedisService redis, LongSupplier aheadMs) {
    this.redis = redis;
    this.aheadMs = aheadMs;
  }

  private static RedisScript script(String file) {
    return RedisScript.of(RedisScript.text(RedisLockStore.class, file));
  }

  @Override
  public Future<Moment> read(List<String> names) {
    List<String> args =
        Stream.concat(Stream.of(Integer.toString(LockBoard.NUMBERS)), names.stream()).toList();
    return redis.eval(READ, List.of(NUMBER, DOCUMENTS, VERSIONS), args).map(this::moment);
  }

  @Override
  public Future<Boolean> write(List<Change> changes, long now) {
    List<String> args = new ArrayList<>(List.of(CHANNEL));
    for (Change change : changes) {
      args.add(change.before().name());
      args.add(Long.toString(change.before().version()));
      args.add(Long.toString(change.revision()));
      args.add(change.after().text());
      args.add(Long.toString(now + change.keepMs()));
    }
    return redis
        .eval(WRITE, List.of(DOCUMENTS, VERSIONS, NAMES, ENDS), args)
        .map(answer -> answer.get(0).toString().equals("1"));
  }

  @Override
  public Future<Moment> list(String prefix, String after, int limit) {
    String from = after.compareTo(prefix) < 0 ? "" : after;
    return redis
        .eval(
            LIST,
            List.of(DOCUMENTS, VERSIONS, NAMES),
            List.of(prefix, from, Integer.toString(limit)))
        .map(this::moment);
  }

  @Override
  public Future<Void> sweep() {
    List<String> args =
        List.of(Integer.toString(SWEEP_AT_ONCE), Long.toString(aheadMs.getAsLong()));
    return redis
        .eval(SWEEP, List.of(DOCUMENTS, VERSIONS, NAMES, ENDS), args)
        .compose(
            answer ->
                answer.get(0).toInteger() == SWEEP_AT_ONCE ? sweep() : Future.succeededFuture());
  }

  @Override
  public Runnable follow(Consumer<String> changed) {
    return redis.subscribe(CHANNEL, changed);
  }

  private Moment moment(Response answer) {
    List<String> texts =
        StreamSupport.stream(answer.spliterator(), false).map(Response::toString).toList();
    List<Stored> stored = new ArrayList<>();
    for (int i = 2; i < texts.size(); i += 3) {
      String name = texts.get(i);
      LockDocument document = LockDocument.parse(name, texts.get(i + 2));
      stored.add(new Stored(name, document, Long.parseLong(texts.get(i + 1))));
    }
    long now = Long.parseLong(texts.get(0)) + aheadMs.getAsLong();
    return new Moment(now, Long.parseLong(texts.get(1)), List.copyOf(stored));
  }
}
