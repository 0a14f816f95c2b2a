package io.vertebra.bench;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.retry.ExponentialBackoffRetry;

/** Curator's mutex on ZooKeeper, whose calls block: a thread for each client. */
final class ZooKeeperLocks implements LockClient {
  private final CuratorFramework curator;
  private final ExecutorService[] threads;

  ZooKeeperLocks(Vertx vertx, int port, int clients) throws InterruptedException {
    curator =
        CuratorFrameworkFactory.newClient(
            "127.0.0.1:" + port, 60_000, 15_000, new ExponentialBackoffRetry(100, 5));
    curator.start();
    curator.blockUntilConnected();
    threads = new ExecutorService[clients];
    for (int i = 0; i < clients; i++) {
      threads[i] = Executors.newSingleThreadExecutor();
    }
  }

  @Override
  public Future<Void> pair(int client, String name) {
    Promise<Void> done = Promise.promise();
    threads[client].execute(
        () -> {
          InterProcessMutex mutex = new InterProcessMutex(curator, "/" + name);
          try {
            mutex.acquire();
            mutex.release();
            done.complete();
          } catch (Exception e) {
            done.fail(e);
          }
        });
    return done.future();
  }
}
