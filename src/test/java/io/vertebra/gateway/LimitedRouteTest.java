package io.vertebra.gateway;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.limiter.Admission;
import io.vertebra.limiter.Decision;
import io.vertebra.limiter.KeyFields;
import io.vertebra.limiter.KeyPart;
import io.vertebra.limiter.PolicyDecision;
import io.vertebra.limiter.PolicyDecision.Note;
import io.vertebra.limiter.RequestLimitService;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Routes whose requests are held to limits. */
final class LimitedRouteTest {
  private final Limits limits = new Limits();
  private final GatewayRig rig = new GatewayRig(new JsonObject(), limits);
  private final WebClient client = WebClient.create(rig.vertx);
  private final AtomicInteger served = new AtomicInteger();

  /** Admits while there is room: two by quota, or two at once. */
  private static final class Limits implements RequestLimitService {
    private final AtomicInteger left = new AtomicInteger(2);
    private final AtomicInteger ended = new AtomicInteger();
    private volatile long windowMs = 60_000;
    private volatile int status;
    private volatile boolean absent;
    private volatile String asked = "";

    @Override
    public Future<Passage> admit(List<String> policies, KeyFields fields) {
      if (absent) {
        return Failure.future(FailureCode.UNAVAILABLE, "nobody knows");
      }
      asked =
          fields.value(KeyPart.of("client", ""))
              + " "
              + fields.value(KeyPart.of("header:x-tenant", ""))
              + " "
              + fields.value(KeyPart.of("cookie:id", ""))
              + " "
              + fields.value(KeyPart.of("route", ""))
              + " "
              + fields.value(KeyPart.of("apiKey", ""));
      int remaining = left.getAndUpdate(present -> Math.max(0, present - 1));
      boolean allowed = remaining > 0;
      Decision decision =
          new Decision(allowed, 2, Math.max(0, remaining - 1), allowed ? 0 : 29_001, 30_000, 0);
      PolicyDecision said = new PolicyDecision(policies.get(0), decision, windowMs, Note.DECIDED);
      Admission admission = new Admission(allowed, List.of(said), "");
      return Future.succeededFuture(new Passage(admission, this::end));
    }

    private void end(int answered) {
      status = answered;
      int unused = ended.incrementAndGet();
    }
  }

  @BeforeEach
  void open() {
    int port =
        rig.origin(
                request -> {
                  served.incrementAndGet();
                  request.response().end("tea");
                })
            .actualPort();
    rig.routeAllTo(port);
    rig.route(
        new JsonObject()
            .put("name", "all")
            .put("upstream", "web")
            .put("limit", new JsonArray().add("per-client")));
  }

  @AfterEach
  void close() {
    rig.close();
  }

  private HttpResponse<Buffer> get() {
    return await(
        client
            .get(rig.port(), GatewayRig.HOST, "/orders")
            .putHeader("x-tenant", "acme")
            .putHeader("cookie", "id=7")
            .putHeader("x-api-key", "k")
            .send());
  }

  @Test
  void tellsHowMuchIsLeftAndRefusesWhatIsOver() {
    HttpResponse<Buffer> first = get();
    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.getHeader("ratelimit-policy")).isEqualTo("\"per-client\";q=2;w=60");
    assertThat(first.getHeader("ratelimit")).isEqualTo("\"per-client\";r=1;t=30");
    assertThat(first.getHeader("retry-after")).isNull();
    assertThat(limits.asked).isEqualTo("127.0.0.1 acme 7 all k");
    assertThat(get().statusCode()).isEqualTo(200);
    HttpResponse<Buffer> refused = get();
    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.getHeader("content-type")).isEqualTo("application/problem+json");
    assertThat(refused.getHeader("retry-after")).isEqualTo("30");
    assertThat(refused.getHeader("ratelimit")).isEqualTo("\"per-client\";r=0;t=30");
    assertThat(refused.bodyAsJsonObject().getString("code")).isEqualTo("limited");
    assertThat(served).hasValue(2);
  }

  @Test
  void givesBackWhatIsHeldWhenARequestEnds() {
    limits.windowMs = 0;
    assertThat(get().getHeader("ratelimit-policy"))
        .isEqualTo("\"per-client\";q=2;qu=\"concurrent-requests\"");
    eventually(() -> assertThat(limits.ended).hasValue(1));
    assertThat(limits.status).isEqualTo(200);
    assertThat(get().statusCode()).isEqualTo(200);
    assertThat(get().statusCode()).as("overload").isEqualTo(503);
    eventually(() -> assertThat(limits.ended).hasValue(2));
  }

  @Test
  void forwardsNothingThatCannotBeDecided() {
    limits.absent = true;
    assertThat(get().statusCode()).isEqualTo(503);
    assertThat(served).hasValue(0);
  }
}
