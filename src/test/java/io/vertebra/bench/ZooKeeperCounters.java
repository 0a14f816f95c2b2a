package io.vertebra.bench;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.framework.recipes.atomic.PromotedToLock;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.curator.retry.RetryNTimes;

/**
 * Curator's counter on ZooKeeper, which compares and sets, after ten attempts in vain under a
 * mutex. Its calls block: a thread for each client.
 */
final class ZooKeeperCounters implements CounterClient {
  private static final RetryNTimes ATTEMPTS = new RetryNTimes(10, 1);

  private final CuratorFramework curator;
  private final ExecutorService[] threads;

  ZooKeeperCounters(int port, int clients) throws InterruptedException {
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
  public Future<Void> add(int client, String name) {
    Promise<Void> done = Promise.promise();
    threads[client].execute(
        () -> {
          try {
            DistributedAtomicLong counter = counter("/" + name);
            while (!counter.increment().succeeded()) {
              Thread.onSpinWait();
            }
            done.complete();
          } catch (Exception e) {
            done.fail(e);
          }
        });
    return done.future();
  }

  private DistributedAtomicLong counter(String path) {
    PromotedToLock mutex =
        PromotedToLock.builder().lockPath(path + "-lock").retryPolicy(ATTEMPTS).build();
    return new DistributedAtomicLong(curator, path, ATTEMPTS, mutex);
  }
}
