package io.vertebra.bench;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A stream of Redis with a group, each sender and receiver with a connection of its own.
 * Acknowledged entries are removed, while the next are received.
 */
final class RedisQueue implements QueueClient {
  private static final String GROUP = "group";

  private final Map<Integer, Future<RedisConnection>> senders = new ConcurrentHashMap<>();
  private final Redis redis;

  RedisQueue(Vertx vertx, int port, int clients) throws Exception {
    redis =
        Redis.createClient(
            vertx,
            new RedisOptions()
                .setConnectionString("redis://127.0.0.1:" + port)
                .setMaxPoolSize(3 * clients + 1)
                .setMaxPoolWaiting(3 * clients));
    Request group = Request.cmd(Command.XGROUP).arg("CREATE").arg(QUEUE).arg(GROUP).arg("$");
    Response unused =
        redis
            .send(Request.cmd(Command.DEL).arg(QUEUE))
            .compose(gone -> redis.send(group.arg("MKSTREAM")))
            .await(60, SECONDS);
  }

  @Override
  public Future<Void> send(int sender, String body) {
    return senders
        .computeIfAbsent(sender, unused -> redis.connect())
        .compose(
            connection ->
                connection.send(Request.cmd(Command.XADD).arg(QUEUE).arg("*").arg("b").arg(body)))
        .mapEmpty();
  }

  @Override
  public void receive(int receiver, Consumer<String> taken, Consumer<Throwable> failed) {
    Future.all(redis.connect(), redis.connect())
        .onSuccess(
            both -> {
              RedisConnection reads = both.resultAt(0);
              RedisConnection acks = both.resultAt(1);
              new Receiver("c" + receiver, reads, acks, taken, failed)
                  .next(Future.succeededFuture());
            })
        .onFailure(failed::accept);
  }

  /** Reads with one connection, since it waits there, and acknowledges with another. */
  private record Receiver(
      String name,
      RedisConnection reads,
      RedisConnection acks,
      Consumer<String> taken,
      Consumer<Throwable> failed) {

    void next(Future<?> acked) {
      Request read =
          Request.cmd(Command.XREADGROUP)
              .arg("GROUP")
              .arg(GROUP)
              .arg(name)
              .arg("COUNT")
              .arg(BATCH)
              .arg("BLOCK")
              .arg(20_000)
              .arg("STREAMS")
              .arg(QUEUE)
              .arg(">");
      reads
          .send(read)
          .map(this::take)
          .compose(acking -> acked.map(acking))
          .onSuccess(this::next)
          .onFailure(failed::accept);
    }

    private Future<?> take(Response answer) {
      if (answer == null) {
        return Future.succeededFuture();
      }
      Response entries =
          answer.type() == ResponseType.MULTI && answer.containsKey(QUEUE)
              ? answer.get(QUEUE)
              : answer.get(0).get(1);
      Request ack = Request.cmd(Command.XACK).arg(QUEUE).arg(GROUP);
      Request remove = Request.cmd(Command.XDEL).arg(QUEUE);
      for (Response entry : entries) {
        taken.accept(entry.get(1).get(1).toString());
        ack.arg(entry.get(0).toString());
        remove.arg(entry.get(0).toString());
      }
      return Future.all(acks.send(ack), acks.send(remove));
    }
  }
}
