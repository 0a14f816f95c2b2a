package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;

import io.vertebra.testkit.KvNode;
import io.vertebra.testkit.RedisNode;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.function.LongSupplier;

/** Queues in a Redis server, and a client of that server which knows nothing of them. */
final class RedisQueueRig implements AutoCloseable {
  final RedisNode server;
  private final Redis foreigner;

  RedisQueueRig(RedisNode server) {
    this.server = server;
    this.foreigner = Redis.createClient(server.vertx(), "redis://127.0.0.1:" + server.port());
  }

  /** A node's queues, by its own clock. */
  QueueService deploy(KvNode node) {
    return deploy(node, "{}", node.clock::millis);
  }

  /**
   * @param nowMs 0 for the server's clock
   */
  QueueService deploy(KvNode node, String options, LongSupplier nowMs) {
    BackendQueueVerticle verticle =
        BackendQueueVerticle.at(
            node.kernel, QueueRig.options(options), server.service(), node.kv(), nowMs);
    String unused = await(node.vertx.deployVerticle(verticle));
    return verticle.service();
  }

  /** A command of any client. */
  Response ask(Command command, Object... args) {
    Request request = Request.cmd(command);
    for (Object arg : args) {
      request.arg(arg.toString());
    }
    return await(foreigner.send(request));
  }

  /** Removes everything. */
  void flush() {
    Response unused = ask(Command.FLUSHALL);
  }

  @Override
  public void close() {
    foreigner.close();
    server.close();
  }
}
