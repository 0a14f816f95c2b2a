package io.vertebra.config;

import static io.vertebra.api.FailureCode.UNAVAILABLE;

import io.vertebra.api.Failure;
import io.vertebra.kv.Bytes;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.Op;
import io.vertebra.redis.GuardedScript;
import io.vertebra.redis.RedisScript;
import io.vertebra.redis.RedisService;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalLong;

/**
 * The keys of configuration, as {@link KvKeys} names them, in Redis: an ordered map for each
 * namespace, with values in Base64, in a hash slot of its own. Every method is one run of {@code
 * config.lua}, but for ranges that are read in parts.
 */
final class RedisPartStore {
  private static final int MAX_ATTEMPTS = 20;
  private static final GuardedScript SCRIPT =
      new GuardedScript("vertebra:config", RedisScript.text(RedisPartStore.class, "config.lua"));
  static final String CHANNEL = SCRIPT.key("changes");

  private final RedisService redis;

  RedisPartStore(RedisService redis) {
    this.redis = redis;
  }

  /**
   * What a range holds.
   *
   * @param revision of the namespace; 0 if it was never written
   * @param nowMicros the server's clock, in microseconds since 1970
   */
  record Part(long revision, long nowMicros, List<KvEntry> entries) {}

  private record Page(long revision, long nowMicros, boolean more, List<KvEntry> entries) {}

  /** Takes note that there is, or will be, a namespace. */
  Future<Void> name(String namespace) {
    return names("name", namespace).mapEmpty();
  }

  /** Namespaces of which note was taken, after one of them, in order. */
  Future<List<String>> names(String after, int limit) {
    return names("names", after.isEmpty() ? "-" : "(" + after, Integer.toString(limit));
  }

  private Future<List<String>> names(String... args) {
    return SCRIPT
        .run(redis, Guard.NONE, List.of(SCRIPT.key("names")), List.of(args))
        .map(GuardedScript.Answer::values);
  }

  /**
   * Everything of a range at one revision; no entries if that is the one known.
   *
   * @param known 0 for none
   */
  Future<Part> whole(String namespace, KeyRange range, long known) {
    return whole(namespace, range, known, MAX_ATTEMPTS);
  }

  private Future<Part> whole(String namespace, KeyRange range, long known, int attempts) {
    String unchanged = known == 0 ? "" : Long.toString(known);
    return page(namespace, bound("[", range.from()), range, unchanged)
        .compose(
            first ->
                rest(namespace, range, first, new ArrayList<>(first.entries()))
                    .compose(
                        last ->
                            last.revision() == first.revision()
                                ? Future.succeededFuture(last)
                                : again(namespace, range, known, attempts - 1)));
  }

  private Future<Part> again(String namespace, KeyRange range, long known, int attempts) {
    return attempts == 0
        ? Failure.future(UNAVAILABLE, namespace + " changes too often to be read at present")
        : whole(namespace, range, known, attempts);
  }

  /** A range of what never changes, but may be forgotten, in the order of its keys. */
  Future<List<KvEntry>> history(String namespace, KeyRange range) {
    return page(namespace, bound("[", range.from()), range, "")
        .compose(first -> rest(namespace, range, first, new ArrayList<>(first.entries())))
        .map(Part::entries);
  }

  private Future<Part> rest(String namespace, KeyRange range, Page page, List<KvEntry> read) {
    if (!page.more()) {
      return Future.succeededFuture(new Part(page.revision(), page.nowMicros(), List.copyOf(read)));
    }
    return page(namespace, bound("(", read.get(read.size() - 1).key()), range, "")
        .compose(
            next -> {
              read.addAll(next.entries());
              return rest(namespace, range, next, read);
            });
  }

  private Future<Page> page(String namespace, String from, KeyRange range, String unchanged) {
    return run(namespace, Guard.NONE, List.of("range", from, bound("(", range.to()), unchanged))
        .map(RedisPartStore::page);
  }

  private static Page page(List<String> answer) {
    long revision = Long.parseLong(answer.get(0));
    List<KvEntry> entries = new ArrayList<>();
    for (int i = 3; i < answer.size(); i += 2) {
      Bytes value = Bytes.wrap(Base64.getDecoder().decode(answer.get(i + 1)));
      entries.add(new KvEntry(Bytes.utf8(answer.get(i)), value, revision, revision, 1, 0));
    }
    return new Page(
        revision, Long.parseLong(answer.get(1)), answer.get(2).equals("1"), List.copyOf(entries));
  }

  /**
   * Does all steps, if the namespace is still at the revision that it was, and tells so on the
   * channel.
   *
   * @param steps puts and deletes
   * @return the revision, which is greater than all before and than that of the release; empty if
   *     it was at another one
   */
  Future<OptionalLong> commit(Commit commit, List<Op> steps) {
    String namespace = commit.before().name();
    List<String> args = new ArrayList<>();
    args.add("commit");
    args.add(Long.toString(commit.before().version()));
    args.add(Long.toString(commit.after().revision()));
    args.add(CHANNEL);
    args.add(namespace);
    for (Op step : steps) {
      if (step instanceof Op.Put put) {
        args.add("put");
        args.add(put.key().toString());
        args.add(Base64.getEncoder().encodeToString(put.value().unsafeArray()));
      } else if (step instanceof Op.Delete delete) {
        args.add("remove");
        args.add(bound("[", delete.range().from()));
        args.add(bound("(", delete.range().to()));
      }
    }
    return run(namespace, new Guard(commit.fence(), ""), args)
        .map(
            answer ->
                answer.get(0).isEmpty()
                    ? OptionalLong.empty()
                    : OptionalLong.of(Long.parseLong(answer.get(0))));
  }

  private Future<List<String>> run(String namespace, Guard guard, List<String> args) {
    GuardedScript script = SCRIPT.within(namespace);
    return script
        .run(redis, guard, List.of(script.key("keys"), script.key("values")), args)
        .map(GuardedScript.Answer::values);
  }

  private static String bound(String kind, Bytes key) {
    return kind + key;
  }
}
