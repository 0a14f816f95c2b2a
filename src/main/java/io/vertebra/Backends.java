package io.vertebra;

import io.vertebra.api.Kernel;
import io.vertebra.kafka.KafkaClients;
import io.vertebra.kafka.KafkaVerticle;
import io.vertebra.redis.RedisService;
import io.vertebra.redis.RedisVerticle;
import io.vertebra.sql.SqlService;
import io.vertebra.sql.SqlVerticle;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.Optional;
import java.util.function.Function;

/** The clients of servers outside of the cluster, as far as options say where these are. */
final class Backends {
  private final Optional<RedisVerticle> redis;
  private final Optional<SqlVerticle> sql;
  private final Optional<KafkaVerticle> kafka;

  Backends(Kernel kernel, VertebraOptions options) {
    boolean core = options.node().runs("core");
    this.redis =
        options.redis().isGiven()
            ? Optional.of(new RedisVerticle(kernel, options.redis(), System::nanoTime))
            : Optional.empty();
    this.sql =
        core && options.sql().isGiven()
            ? Optional.of(new SqlVerticle(kernel, options.sql(), System::nanoTime))
            : Optional.empty();
    this.kafka =
        core && options.kafka().isGiven()
            ? Optional.of(new KafkaVerticle(kernel, options.kafka(), System::nanoTime))
            : Optional.empty();
  }

  /** If the options name it. */
  Optional<RedisService> redis() {
    return redis.map(RedisVerticle::service);
  }

  /** Of a node of the core whose options name it. */
  SqlService sql() {
    return sql.orElseThrow().service();
  }

  /** Of a node of the core whose options name it. */
  KafkaClients kafka() {
    return kafka.orElseThrow().clients();
  }

  Future<Void> open(Function<VerticleBase, Future<Void>> deploy) {
    Future<Void> first = redis.isPresent() ? deploy.apply(redis.get()) : Future.succeededFuture();
    return first
        .compose(opened -> sql.isPresent() ? deploy.apply(sql.get()) : Future.succeededFuture())
        .compose(
            opened -> kafka.isPresent() ? deploy.apply(kafka.get()) : Future.succeededFuture());
  }
}
