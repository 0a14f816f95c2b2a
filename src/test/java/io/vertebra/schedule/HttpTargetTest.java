package io.vertebra.schedule;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Fields;
import io.vertebra.crypto.SecretKeys;
import io.vertebra.kv.Bytes;
import io.vertebra.webhook.AllowedHosts;
import io.vertebra.webhook.WebhookGuard;
import io.vertebra.webhook.WebhookSignature;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpTargetTest {
  private static final Instant START = Instant.parse("2030-01-01T00:00:00Z");
  private static final byte[] KEY =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.UTF_8);

  private final Vertx vertx = Vertx.vertx();
  private final TargetSecrets secrets = secrets();
  private final WebhookGuard guard =
      new WebhookGuard(vertx, AllowedHosts.of(List.of(AllowedHosts.LOOPBACK)));
  private final CallService calls =
      new TargetCallService(vertx, new HttpCallJob(vertx, guard, secrets, 10, 10));
  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private volatile int status = 204;

  private record Received(MultiMap headers, Buffer body) {}

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private HttpServer serve() {
    return await(
        vertx
            .createHttpServer()
            .requestHandler(
                request ->
                    request
                        .body()
                        .onSuccess(
                            body -> {
                              received.add(new Received(request.headers(), body));
                              if (status > 0) {
                                request.response().setStatusCode(status).end();
                              }
                            }))
            .listen(0, "127.0.0.1"));
  }

  private static TargetSecrets secrets() {
    TargetSecrets secrets = new TargetSecrets();
    String key = "k1:" + Base64.getEncoder().encodeToString(KEY);
    secrets.use(new SecretKeys("schedule", List.of(key)));
    return secrets;
  }

  private Invocation invocation(JsonObject target) {
    JsonObject json =
        new JsonObject()
            .put("timetable", new JsonObject().put("everyMs", 1_000))
            .put("target", target)
            .put("payload", new JsonObject().put("a", 1))
            .put("shards", 4);
    Job job = secrets.seal(Job.of("j", Definition.from(Fields.of(json), START), START));
    Run run = Run.queued(START, 3, 4, Cause.SCHEDULE, START).started(START);
    return new Invocation(job, run, 42, START);
  }

  private JsonObject http(HttpServer server) {
    JsonObject http =
        new JsonObject()
            .put("url", "http://127.0.0.1:" + server.actualPort() + "/hook?x=1")
            .put("headers", new JsonObject().put("X-Mine", "yes"))
            .put("secret", "whsec_" + Base64.getEncoder().encodeToString(KEY))
            .put("timeoutMs", 3_000);
    return new JsonObject().put("http", http);
  }

  /**
   * Calls as the owner of schedules does: on its context, so that no event of the answer is missed.
   */
  private void call(Invocation invocation) {
    Promise<Void> ended = Promise.promise();
    vertx.runOnContext(now -> calls.call(invocation).result().onComplete(ended));
    await(ended.future());
  }

  @Test
  void isCalledWithASignatureThatHoldsAndAllItNeedsToDoThingsOnce() throws Exception {
    call(invocation(http(serve())));
    Received call = received.take();
    MultiMap headers = call.headers();
    assertThat(headers.get("Occurrence-Id")).isEqualTo("j@2030-01-01T00:00:00Z#3");
    assertThat(headers.get("Fencing-Token")).isEqualTo("42");
    assertThat(headers.get("Shard-Number")).isEqualTo("3");
    assertThat(headers.get("Shard-Count")).isEqualTo("4");
    assertThat(headers.get("Occurrence-Attempt")).isEqualTo("1");
    assertThat(headers.get("X-Mine")).isEqualTo("yes");
    assertThat(headers.get("Content-Type")).isEqualTo("application/json");
    assertThat(call.body().toJsonObject()).isEqualTo(new JsonObject().put("a", 1));
    assertThat(headers.get("webhook-timestamp")).isEqualTo("" + START.getEpochSecond());

    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
    String signed =
        headers.get("webhook-id") + "." + headers.get("webhook-timestamp") + "." + call.body();
    byte[] code = mac.doFinal(signed.getBytes(StandardCharsets.UTF_8));
    assertThat(headers.get("webhook-signature"))
        .isEqualTo("v1," + Base64.getEncoder().encodeToString(code));
  }

  @Test
  void keepsNoSecretWithoutAKey() {
    Job job = invocation(http(serve())).job();
    Target.Http bare = (Target.Http) job.definition().target();
    Target.Http signed = bare.with(Optional.of("whsec_" + Base64.getEncoder().encodeToString(KEY)));
    Job secret = Job.of("j", job.definition().with(signed), START);
    assertThatThrownBy(() -> new TargetSecrets().seal(secret))
        .hasMessageContaining("/target/http/secret needs a key to encrypt with: set schedule.");
  }

  @Test
  void signsLikeTheExampleOfTheStandard() {
    String body = "{\"test\": 2432232314}";
    assertThat(
            WebhookSignature.of(
                "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                "msg_p5jXN8AQM9LWM0D4loKWxJek",
                1_614_265_330,
                Bytes.utf8(body)))
        .isEqualTo("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  }

  @Test
  void failsByStatusByTimeAndByAServerThatIsNotThere() {
    HttpServer server = serve();
    JsonObject target = http(server);
    status = 302;
    assertThat(catchThrowable(() -> call(invocation(target)))).hasMessage("HTTP status 302");
    status = 0;
    target.getJsonObject("http").put("timeoutMs", 300);
    assertThat(catchThrowable(() -> call(invocation(target))))
        .hasMessage("no answer within 300 ms");
    await(server.close());
    assertThat(catchThrowable(() -> call(invocation(target)))).isNotNull();
  }

  @Test
  void isNotCalledWhereTheOptionsDoNotAllowIt() {
    JsonObject target = http(serve());
    target.getJsonObject("http").put("url", "http://169.254.169.254/latest");
    assertThat(catchThrowable(() -> call(invocation(target))))
        .hasMessageContaining("webhook.hosts");
  }

  @Test
  void isNotCalledWithoutTheSignatureThatItShouldHave() {
    Invocation signed = invocation(http(serve()));
    secrets.use(new SecretKeys("schedule", List.of()));
    assertThat(catchThrowable(() -> call(signed))).hasMessage("this node has no secret key k1");
    assertThat(received).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Host",
        "content-length",
        "Transfer-Encoding",
        "Connection",
        "Proxy-Authorization"
      })
  void hasNoHeaderOfTheProtocol(String header) {
    JsonObject target = http(serve());
    target.getJsonObject("http").getJsonObject("headers").put(header, "7");
    assertThat(catchThrowable(() -> invocation(target)))
        .hasMessageContaining("/target/http/headers must not have " + header);
  }

  @Test
  void goesWithoutTheHeadersOfTheProtocolThatAnEarlierVersionKept() throws Exception {
    Invocation now = invocation(http(serve()));
    JsonObject kept = now.job().toStored();
    JsonObject target = kept.getJsonObject("definition").getJsonObject("target");
    target.getJsonObject("http").getJsonObject("headers").put("Host", "inner").put("TE", "x");
    Job job = Job.fromStored("j", new JsonObject(kept.encode()));
    call(new Invocation(job, now.run(), 42, START));
    MultiMap headers = received.take().headers();
    assertThat(headers.get("X-Mine")).isEqualTo("yes");
    assertThat(headers.get("Host")).startsWith("127.0.0.1");
    assertThat(headers.contains("TE")).isFalse();
  }

  @Test
  void asksAConsumerOnTheBus() {
    vertx
        .eventBus()
        .<JsonObject>consumer(
            "work",
            message -> {
              if (message.body().getInteger("a") == 1
                  && message.headers().contains("Fencing-Token")) {
                message.reply(null);
              }
            });
    JsonObject bus = new JsonObject().put("bus", new JsonObject().put("address", "work"));
    call(invocation(bus));
  }
}
