package io.vertebra.gateway;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.Child;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node whose heap and direct memory are capped at 128 MiB each carries what is far larger. */
final class StreamingMemoryTest {
  private static final long GIBIBYTE = 1L << 30;
  private static final Buffer CHUNK = Buffer.buffer(new byte[64 * 1024]);

  private final Vertx vertx = Vertx.vertx();
  private final HttpClientAgent client = vertx.createHttpClient();
  private final AtomicLong sent = new AtomicLong();
  @TempDir private Path folder;
  private Child node;
  private int port;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    HttpServer origin =
        await(
            vertx
                .createHttpServer()
                .requestHandler(
                    request -> {
                      if (request.method().equals(HttpMethod.GET)) {
                        request.response().putHeader("content-length", String.valueOf(GIBIBYTE));
                        send(request.response());
                      } else {
                        AtomicLong received = new AtomicLong();
                        request.handler(chunk -> received.addAndGet(chunk.length()));
                        request.endHandler(end -> request.response().end("" + received.get()));
                      }
                    })
                .listen(0, GatewayRig.HOST));
    JsonObject config =
        new JsonObject()
            .put("gateway", new JsonObject().put("port", 0))
            .put("api", new JsonObject().put("port", 0))
            .put("cluster", new JsonObject().put("port", 0))
            .put("raft", new JsonObject().put("port", 0))
            .put(
                "upstreams",
                new JsonObject(
                    "{\"web\":{\"endpoints\":[{\"host\":\"127.0.0.1\",\"port\":%d}]}}"
                        .formatted(origin.actualPort())))
            .put("routes", new JsonObject("{\"all\":{\"upstream\":\"web\"}}"));
    Path file = folder.resolve("vertebra.yaml");
    Files.writeString(file, config.encode());
    node =
        Child.vertebraWith(
            folder,
            "-Xmx128m -XX:MaxDirectMemorySize=128m -XX:+ExitOnOutOfMemoryError",
            "start",
            "--config",
            file.toString());
    port = Integer.parseInt(node.awaitLine("gateway +http://127.0.0.1:(\\d+)").group(1));
    node.awaitLine("api +http");
  }

  @AfterEach
  void stop() {
    node.close();
    await(vertx.close());
  }

  @Test
  void aGibibyteStreamsThroughEitherWay() throws TimeoutException {
    AtomicLong received = new AtomicLong();
    HttpClientResponse download =
        await(request(HttpMethod.GET).compose(r -> r.send().onSuccess(HttpClientResponse::pause)));
    download.handler(chunk -> received.addAndGet(chunk.length()));
    Future<Void> ended = download.end();
    download.resume();
    ended.await(60, TimeUnit.SECONDS);
    assertThat(received).hasValue(GIBIBYTE);

    Promise<Buffer> answer = Promise.promise();
    request(HttpMethod.PUT)
        .onSuccess(
            upload -> {
              upload.setChunked(true);
              upload.response().compose(HttpClientResponse::body).onComplete(answer);
              upload(upload, GIBIBYTE);
            });
    Buffer counted = answer.future().await(60, TimeUnit.SECONDS);
    assertThat(counted.toString()).isEqualTo(String.valueOf(GIBIBYTE));
  }

  @Test
  void aSlowReaderHoldsTheEndpointBackInsteadOfFillingMemory() {
    HttpClientResponse download =
        await(request(HttpMethod.GET).compose(r -> r.send().onSuccess(HttpClientResponse::pause)));
    assertThat(download.statusCode()).isEqualTo(200);
    AtomicLong last = new AtomicLong(-1);
    eventually(() -> assertThat(last.getAndSet(sent.get())).as("sent").isEqualTo(sent.get()));
    assertThat(sent.get()).isLessThan(64L << 20);
  }

  private Future<HttpClientRequest> request(HttpMethod method) {
    return client.request(method, port, GatewayRig.HOST, "/");
  }

  private void send(HttpServerResponse response) {
    while (sent.get() < GIBIBYTE && !response.writeQueueFull()) {
      sent.addAndGet(CHUNK.length());
      response.write(CHUNK);
    }
    if (sent.get() < GIBIBYTE) {
      response.drainHandler(drained -> send(response));
    } else {
      response.end();
    }
  }

  /** On the request's own thread, for else the queue may drain before we ask to be told. */
  private void upload(HttpClientRequest request, long left) {
    long remaining = left;
    while (remaining > 0 && !request.writeQueueFull()) {
      request.write(CHUNK);
      remaining -= CHUNK.length();
    }
    if (remaining == 0) {
      request.end();
    } else {
      long rest = remaining;
      request.drainHandler(drained -> upload(request, rest));
    }
  }
}
