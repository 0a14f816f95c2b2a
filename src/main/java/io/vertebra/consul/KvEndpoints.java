package io.vertebra.consul;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.Guard;
import io.vertebra.kv.KeyRange;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** {@code /v1/kv}. */
final class KvEndpoints {
  private static final String PATH = "/v1/kv/";

  private final Pairs pairs;
  private final PairWriter writer;
  private final BlockingQueries queries;

  KvEndpoints(Pairs pairs, PairWriter writer, BlockingQueries queries) {
    this.pairs = pairs;
    this.writer = writer;
    this.queries = queries;
  }

  void offer(Paths paths) {
    paths.get(PATH, this::read);
    paths.put(PATH, this::write);
    paths.delete(PATH, this::remove);
  }

  private Future<Reply> read(Asked asked) {
    if (asked.has("keys")) {
      String prefix = asked.rest();
      return queries
          .answer(asked, Layout.pairs(prefix), () -> pairs.keys(prefix, asked.text("separator")))
          .map(found -> listed(found, new JsonArray(found.value())));
    }
    if (asked.has("recurse")) {
      String prefix = asked.rest();
      return queries
          .answer(asked, Layout.pairs(prefix), () -> pairs.list(prefix))
          .map(found -> listed(found, array(found.value())));
    }
    String key = key(asked);
    return queries
        .answer(asked, KeyRange.one(Layout.pair(key)), () -> pairs.find(key))
        .map(found -> one(asked, found));
  }

  private static JsonArray array(List<Pair> pairs) {
    return new JsonArray(pairs.stream().map(Pair::toJson).toList());
  }

  private static Reply listed(Found<?> found, JsonArray items) {
    Reply reply = items.isEmpty() ? Reply.text(404, "") : Reply.json(items);
    return reply.at(found.index());
  }

  private static Reply one(Asked asked, Found<Optional<Pair>> found) {
    return found
        .value()
        .map(
            pair ->
                asked.has("raw")
                    ? Reply.bytes(pair.value().toArray())
                    : Reply.json(array(List.of(pair))))
        .orElseGet(() -> Reply.text(404, ""))
        .at(found.index());
  }

  private Future<Reply> write(Asked asked) {
    conflicting(asked, "cas", "acquire", "release");
    String key = key(asked);
    Pair pair = Pair.of(key, value(asked), asked.number("flags"));
    Guard guard = asked.guard();
    if (asked.has("acquire")) {
      return writer.acquire(pair, asked.text("acquire"), guard).map(Reply::json);
    }
    if (asked.has("release")) {
      String session = asked.text("release");
      return session.isEmpty()
          ? Future.failedFuture(ConsulException.refused("missing session"))
          : writer.release(pair, session, guard).map(Reply::json);
    }
    return asked.has("cas")
        ? writer.putIf(pair, asked.number("cas"), guard).map(Reply::json)
        : writer.put(pair, guard).map(Reply::json);
  }

  private static Bytes value(Asked asked) {
    requireFits(asked.body().length());
    return Bytes.wrap(asked.body().getBytes());
  }

  static void requireFits(int length) {
    if (length > Pair.MAX_VALUE_BYTES) {
      throw ConsulException.tooLarge(
          "Request body("
              + length
              + " bytes) too large, max size: "
              + Pair.MAX_VALUE_BYTES
              + " bytes.");
    }
  }

  private Future<Reply> remove(Asked asked) {
    conflicting(asked, "recurse", "cas");
    Guard guard = asked.guard();
    if (asked.has("recurse")) {
      return writer.removeTree(asked.rest(), guard).map(Reply::json);
    }
    String key = key(asked);
    return asked.has("cas")
        ? writer.removeIf(key, asked.number("cas"), guard).map(Reply::json)
        : writer.remove(key, guard).map(Reply::json);
  }

  private static String key(Asked asked) {
    return checked(asked.name("key name"));
  }

  static String checked(String key) {
    int length = key.getBytes(StandardCharsets.UTF_8).length;
    if (length > Layout.MAX_KEY_BYTES) {
      throw ConsulException.badRequest(
          "The key has " + length + " bytes; at most " + Layout.MAX_KEY_BYTES + " are taken");
    }
    return key;
  }

  private static void conflicting(Asked asked, String... parameters) {
    List<String> given = List.of(parameters).stream().filter(asked::has).toList();
    if (given.size() > 1) {
      throw ConsulException.badRequest("Conflicting flags: " + String.join(", ", given));
    }
  }
}
