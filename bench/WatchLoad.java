import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Opens watchers, writes again and again, and prints how long each watcher took to have it. */
final class WatchLoad {
  private final Vertx vertx = Vertx.vertx();
  private final boolean etcd;
  private final String url;
  private final HttpClient client;
  private final int watchers;
  private final long[] times;
  private final AtomicInteger seen = new AtomicInteger();
  private final Semaphore arrived = new Semaphore(0);
  private volatile String mark = "none";
  private volatile long written;

  private WatchLoad(String peer, String url, int watchers, int writes) {
    this.etcd = peer.equals("etcd");
    this.url = url;
    this.watchers = watchers;
    this.times = new long[watchers * writes];
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions().setKeepAliveTimeout(600),
            new PoolOptions().setHttp1MaxSize(watchers + 10).setMaxWaitQueueSize(-1));
  }

  public static void main(String[] arguments) throws Exception {
    int watchers = Integer.parseInt(arguments[2]);
    int writes = Integer.parseInt(arguments[3]);
    WatchLoad load = new WatchLoad(arguments[0], arguments[1], watchers, writes);
    load.run(writes);
    Arrays.sort(load.times);
    System.out.printf(
        "%s watchers=%d writes=%d p50=%.1fms p99=%.1fms max=%.1fms%n",
        arguments[0],
        watchers,
        writes,
        load.times[load.times.length / 2] / 1e6,
        load.times[load.times.length * 99 / 100] / 1e6,
        load.times[load.times.length - 1] / 1e6);
    System.exit(0);
  }

  private void run(int writes) throws Exception {
    CountDownLatch open = new CountDownLatch(watchers);
    for (int i = 0; i < watchers; i++) {
      watch(open);
    }
    if (!open.await(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("only " + (watchers - open.getCount()) + " watchers");
    }
    Thread.sleep(1_000);
    for (int i = -20; i < writes; i++) {
      int begin = seen.get();
      mark = "mark-" + i + ";";
      written = System.nanoTime();
      write(mark).await(10, TimeUnit.SECONDS);
      if (!arrived.tryAcquire(watchers, 30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("only " + (seen.get() - begin) + " have it");
      }
      if (i == -1) {
        seen.set(0);
      }
      Thread.sleep(20);
    }
  }

  private void watch(CountDownLatch open) {
    RequestOptions options = new RequestOptions();
    Buffer body = Buffer.buffer();
    if (etcd) {
      options.setMethod(HttpMethod.POST).setAbsoluteURI(url + "/v3/watch");
      JsonObject key = new JsonObject().put("key", base64("config"));
      body.appendString(new JsonObject().put("create_request", key).encode());
    } else {
      options.setAbsoluteURI(url + "/api/v1/config/bench/watch");
      options.putHeader("Accept", "text/event-stream");
    }
    client
        .request(options)
        .compose(request -> request.send(body))
        .onSuccess(
            response -> {
              response.handler(this::take);
              open.countDown();
            })
        .onFailure(Throwable::printStackTrace);
  }

  private void take(Buffer piece) {
    String text = piece.toString();
    if (text.contains(etcd ? base64(mark) : mark)) {
      int index = seen.getAndIncrement();
      times[index % times.length] = System.nanoTime() - written;
      arrived.release();
    }
  }

  private Future<?> write(String value) {
    RequestOptions options = new RequestOptions();
    String body = value;
    if (etcd) {
      options.setMethod(HttpMethod.POST).setAbsoluteURI(url + "/v3/kv/put");
      body =
          new JsonObject().put("key", base64("config")).put("value", base64(value)).encode();
    } else {
      options.setMethod(HttpMethod.PUT).setAbsoluteURI(url + "/api/v1/config/bench/keys/config");
      options.putHeader("Content-Type", "text/plain");
    }
    String sent = body;
    return client
        .request(options)
        .compose((HttpClientRequest request) -> request.send(sent))
        .compose(HttpClientResponse::body);
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes());
  }
}
