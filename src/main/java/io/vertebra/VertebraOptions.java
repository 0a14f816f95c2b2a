package io.vertebra;

import io.vertebra.api.Backend;
import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Loopback;
import io.vertebra.auth.AuthOptions;
import io.vertebra.cluster.ClusterOptions;
import io.vertebra.config.ConfigOptions;
import io.vertebra.consul.ConsulOptions;
import io.vertebra.counter.CounterOptions;
import io.vertebra.etcd.EtcdOptions;
import io.vertebra.gateway.GatewayOptions;
import io.vertebra.http.ApiOptions;
import io.vertebra.http.TlsOptions;
import io.vertebra.idempotency.IdempotencyOptions;
import io.vertebra.kafka.KafkaOptions;
import io.vertebra.kv.KvOptions;
import io.vertebra.limiter.LimiterOptions;
import io.vertebra.limiter.Policy;
import io.vertebra.lock.LockOptions;
import io.vertebra.log.LogOptions;
import io.vertebra.queue.QueueBackend;
import io.vertebra.queue.QueueOptions;
import io.vertebra.raft.RaftOptions;
import io.vertebra.redis.RedisOptions;
import io.vertebra.registry.RegistryOptions;
import io.vertebra.route.RouteOptions;
import io.vertebra.schedule.ScheduleOptions;
import io.vertebra.session.SessionOptions;
import io.vertebra.sql.SqlOptions;
import io.vertebra.sqs.SqsOptions;
import io.vertebra.task.TaskOptions;
import io.vertebra.webhook.AllowedHosts;
import io.vertebra.webhook.WebhookOptions;
import java.util.function.Supplier;

/** All options of a node, one component per section of the file. */
public record VertebraOptions(
    NodeOptions node,
    LogOptions log,
    ClusterOptions cluster,
    ShutdownOptions shutdown,
    ApiOptions api,
    AuthOptions auth,
    GatewayOptions gateway,
    KvOptions kv,
    RaftOptions raft,
    QueueOptions queue,
    SqsOptions sqs,
    EtcdOptions etcd,
    CounterOptions counter,
    IdempotencyOptions idempotency,
    ConsulOptions consul,
    RegistryOptions registry,
    ConfigOptions config,
    LockOptions lock,
    SessionOptions session,
    ScheduleOptions schedule,
    TaskOptions task,
    WebhookOptions webhook,
    LimiterOptions limiter,
    RedisOptions redis,
    SqlOptions sql,
    KafkaOptions kafka,
    RouteOptions route) {

  public VertebraOptions {
    if (node.runs("core") && cluster.needsTls() && raft.tls().isEmpty()) {
      throw Failure.invalid(
          "/raft/tls/certificate",
          "is missing; cluster.host beyond loopback needs it, or cluster.clearText");
    }
    api.requireProtection(auth.enabled());
    boolean asksClients = api.listener().tls().filter(TlsOptions::asksClients).isPresent();
    if (!auth.certificates().isEmpty() && !asksClients) {
      throw Failure.invalid("/auth/certificates", "needs api.tls.clientAuth");
    }
    requireBackend("counter", counter.backend(), redis, sql);
    requireBackend("config", config.backend(), redis, sql);
    requireBackend("idempotency", idempotency.backend(), redis, sql);
    requireBackend("lock", lock.backend(), redis, sql);
    requireBackend("session", session.backend(), redis, sql);
    if (queue.backend() == QueueBackend.REDIS) {
      requireBackend("queue", Backend.REDIS, redis, sql);
    }
    if (queue.backend() == QueueBackend.KAFKA && !kafka.isGiven()) {
      throw Failure.invalid("/kafka/bootstrapServers", "is missing; queue.backend needs it");
    }
    if (limiter.uses(Policy.Engine.REDIS) && !redis.isGiven()) {
      throw Failure.invalid("/redis/addresses", "is missing; policies of limiter need it");
    }
  }

  private static void requireBackend(
      String concern, Backend backend, RedisOptions redis, SqlOptions sql) {
    if (backend == Backend.REDIS && !redis.isGiven()) {
      throw Failure.invalid("/redis/addresses", "is missing; " + concern + ".backend needs it");
    }
    if (backend == Backend.SQL && !sql.isGiven()) {
      throw Failure.invalid("/sql/host", "is missing; " + concern + ".backend needs it");
    }
  }

  /** Which servers webhooks may call. */
  AllowedHosts webhookHosts() {
    boolean asksNobody = !auth.enabled() && !api.hasToken();
    return webhook.hosts(asksNobody && Loopback.contains(api.listener().host()));
  }

  public static VertebraOptions from(Fields fields) {
    NodeOptions node = fields.section("node", NodeOptions::from);
    LogOptions log = fields.section("log", LogOptions::from);
    ClusterOptions cluster = fields.section("cluster", ClusterOptions::from);
    ShutdownOptions shutdown = fields.section("shutdown", ShutdownOptions::from);
    ApiOptions api = fields.section("api", ApiOptions::from);
    AuthOptions auth = fields.section("auth", AuthOptions::from);
    GatewayOptions gateway = fields.section("gateway", GatewayOptions::from);
    KvOptions kv = fields.section("kv", KvOptions::from);
    RaftOptions raft = fields.section("raft", RaftOptions::from);
    QueueOptions queue = fields.section("queue", QueueOptions::from);
    SqsOptions sqs = fields.section("sqs", SqsOptions::from);
    EtcdOptions etcd = fields.section("etcd", EtcdOptions::from);
    CounterOptions counter = fields.section("counter", CounterOptions::from);
    IdempotencyOptions idempotency = fields.section("idempotency", IdempotencyOptions::from);
    ConsulOptions consul = fields.section("consul", ConsulOptions::from);
    RegistryOptions registry = fields.section("registry", RegistryOptions::from);
    ConfigOptions config = fields.section("config", ConfigOptions::from);
    LockOptions lock = fields.section("lock", LockOptions::from);
    SessionOptions session = fields.section("session", SessionOptions::from);
    ScheduleOptions schedule = fields.section("schedule", ScheduleOptions::from);
    TaskOptions task = fields.section("task", TaskOptions::from);
    WebhookOptions webhook = fields.section("webhook", WebhookOptions::from);
    LimiterOptions limiter = fields.section("limiter", LimiterOptions::from);
    RedisOptions redis = fields.section("redis", RedisOptions::from);
    SqlOptions sql = fields.section("sql", SqlOptions::from);
    KafkaOptions kafka = fields.section("kafka", KafkaOptions::from);
    Supplier<RouteOptions> route = RouteOptions.reading(fields);
    return fields.build(
        () ->
            new VertebraOptions(
                node,
                log,
                cluster,
                shutdown,
                api,
                auth,
                gateway,
                kv,
                raft,
                queue,
                sqs,
                etcd,
                counter,
                idempotency,
                consul,
                registry,
                config,
                lock,
                session,
                schedule,
                task,
                webhook,
                limiter,
                redis,
                sql,
                kafka,
                route.get()));
  }
}
