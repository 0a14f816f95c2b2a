package io.vertebra.limiter;

import static io.vertebra.testkit.Waiting.await;

import io.vertebra.api.Fields;
import io.vertebra.cluster.ClusterService;
import io.vertebra.cluster.Member;
import io.vertebra.cluster.MemberChange;
import io.vertebra.cluster.NodeFacts;
import io.vertebra.cluster.OwnedMap;
import io.vertebra.testkit.KvNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The concern on one node that owns all keys, and that can be made not to answer. */
final class LimiterRig implements AutoCloseable {
  final KvNode node = new KvNode();
  final LimiterVerticle verticle;
  private final Map<String, byte[]> values = new HashMap<>();
  private final LimiterVerticle.Owner owner;
  private volatile boolean silent;

  LimiterRig(String options) {
    LimiterOptions read =
        LimiterOptions.from(Fields.of(new JsonObject(options.replace('\'', '"'))));
    owner = new LimiterVerticle.Owner(node.clock, read);
    verticle =
        new LimiterVerticle(
            node.kernel, read, owner, new Owned(), new Four(), node.kv(), Optional.empty());
    String unused = await(node.vertx.deployVerticle(verticle));
  }

  /** From now on the owner of all keys does not answer, or does again. */
  void fallSilent(boolean isSilent) {
    silent = isSilent;
  }

  double counted(String policy, String outcome) {
    return node.kernel
        .meters()
        .get("vertebra.limiter.decisions")
        .tag("policy", policy)
        .tag("outcome", outcome)
        .counter()
        .count();
  }

  @Override
  public void close() {
    node.close();
  }

  private final class Owned implements OwnedMap {
    @Override
    public Future<byte[]> ask(String key, byte[] request) {
      if (silent) {
        return Promise.<byte[]>promise().future();
      }
      synchronized (values) {
        Step step = owner.rule().apply(values.get(key), request);
        byte[] next = step.value();
        if (step.changes() && next == null) {
          values.remove(key);
        } else if (step.changes()) {
          values.put(key, next);
        }
        return Future.succeededFuture(step.answer());
      }
    }

    @Override
    public Future<Long> owned() {
      return Future.succeededFuture((long) values.size());
    }
  }

  /** A cluster of four nodes as this one sees it. */
  private static final class Four implements ClusterService {
    private static final Member ONE =
        new Member("n1", "127.0.0.1:1", new NodeFacts("n1", List.of("core"), "1", Instant.EPOCH));

    @Override
    public Member self() {
      return ONE;
    }

    @Override
    public List<Member> members() {
      return Collections.nCopies(4, ONE);
    }

    @Override
    public Future<Boolean> isCopied() {
      return Future.succeededFuture(true);
    }

    @Override
    public void watch(Consumer<MemberChange> listener) {}
  }
}
