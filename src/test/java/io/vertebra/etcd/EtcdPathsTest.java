package io.vertebra.etcd;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.kv.Bytes;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is not compared with etcd: limits, ends and what is this store's own. */
final class EtcdPathsTest {
  private static final String WATCH = "{\"create_request\":{\"key\":\"YQ==\"}}";
  private static final String ALL = "{\"key\":\"AQ==\",\"range_end\":\"AA==\"}";

  private OwnGateway own;
  private GatewayClient client;

  @AfterEach
  void stop() {
    if (own != null) {
      own.close();
    }
  }

  private void start(JsonObject options) {
    own = OwnGateway.start(options);
    client = new GatewayClient(own.port());
  }

  private void put(int value) {
    await(own.store().put(Bytes.utf8("a"), Bytes.utf8(Integer.toString(value))));
  }

  @Test
  void tellsMembersAndWhereTheyStand() {
    start(new JsonObject());
    assertThat(client.post("/v3/cluster/member/list", "").only())
        .isEqualTo(
            new JsonObject(
                """
                {"header": {}, "members": [{"ID": "1", "name": "n1",
                 "peerURLs": ["http://p:1"], "clientURLs": ["http://c:2"]}]}
                """));
    JsonObject status = client.post("/v3/maintenance/status", "{}").only();
    assertThat(status.getString("leader")).isEqualTo("1");
    assertThat(status.getString("version")).isEqualTo("3.4.23");
    assertThat(client.get("/version"))
        .isEqualTo("{\"etcdserver\":\"3.4.23\",\"etcdcluster\":\"3.4.0\"}");
  }

  @Test
  void choosesAnIdForALease() {
    start(new JsonObject());
    JsonObject lease = client.post("/v3/lease/grant", "{\"TTL\":60}").only();
    assertThat(lease.getString("ID")).matches("[1-9][0-9]*");
    assertThat(lease.getString("TTL")).isEqualTo("60");
    GatewayClient.Answer refused = client.post("/v3/lease/grant", "{\"TTL\":86401}");
    assertThat(refused.only().getString("error")).isEqualTo("etcdserver: too large lease TTL");
  }

  @Test
  void tellsAMissingKeyFromAMissingLease() {
    start(new JsonObject());
    String keep = "{\"request_put\":{\"key\":\"YQ==\",\"ignore_value\":true}}";
    String lease = "{\"request_put\":{\"key\":\"Yg==\",\"lease\":7}}";
    String branches = "{\"success\":[%s],\"failure\":[%s]}";
    assertThat(error("txn", branches.formatted(keep, lease)))
        .isEqualTo("etcdserver: key not found");
    assertThat(error("txn", branches.formatted(lease, keep)))
        .isEqualTo("etcdserver: requested lease not found");
    assertThat(error("put", "{\"key\":\"YQ==\",\"ignore_value\":true,\"lease\":7}"))
        .isEqualTo("etcdserver: requested lease not found");
  }

  private String error(String method, String body) {
    return client.post("/v3/kv/" + method, body).only().getString("error");
  }

  @Test
  void readsARangeThatDoesNotFitIntoOneAnswerOfTheStore() {
    start(new JsonObject());
    byte[] value = new byte[500_000];
    for (int i = 0; i < 20; i++) {
      await(own.store().put(Bytes.utf8("k" + (char) ('a' + i)), Bytes.of(value)));
    }
    JsonObject all = client.post("/v3/kv/range", ALL).only();
    assertThat(all.getJsonArray("kvs")).hasSize(20);
    assertThat(all.getString("count")).isEqualTo("20");
    assertThat(all.containsKey("more")).isFalse();
    JsonObject some =
        client
            .post("/v3/kv/range", "{\"key\":\"AQ==\",\"range_end\":\"AA==\",\"limit\":19}")
            .only();
    assertThat(some.getJsonArray("kvs")).hasSize(19);
    assertThat(some.getBoolean("more")).isTrue();
  }

  @Test
  void refusesARangeThatIsTooLong() {
    start(new JsonObject().put("rangeBytes", 5 << 20));
    for (int i = 0; i < 20; i++) {
      await(own.store().put(Bytes.utf8("k" + i), Bytes.of(new byte[500_000])));
    }
    GatewayClient.Answer refused = client.post("/v3/kv/range", ALL);
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.only().getInteger("code")).isEqualTo(8);
    GatewayClient.Answer txn =
        client.post("/v3/kv/txn", "{\"success\":[{\"request_range\":" + ALL + "}]}");
    assertThat(txn.status()).isEqualTo(429);
  }

  @Test
  void refusesABodyThatIsTooLong() {
    start(new JsonObject());
    String value = Base64.getEncoder().encodeToString(new byte[OwnGateway.BODY_BYTES]);
    GatewayClient.Answer refused =
        client.post("/v3/kv/put", "{\"key\":\"YQ==\",\"value\":\"" + value + "\"}");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.only().getString("error")).isEqualTo("etcdserver: request is too large");
  }

  /** By which one request ends etcd 3.4.23. */
  @Test
  void survivesATargetThatDoesNotExist() {
    start(new JsonObject());
    GatewayClient.Answer refused =
        client.post("/v3/kv/range", "{\"key\":\"YQ==\",\"sort_target\":77}");
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.only().getString("error")).contains("unknown value 77");
  }

  @Test
  void answersMessagesWhileTheBodyGoesOn() {
    start(new JsonObject());
    try (WatchStream stream = new WatchStream(own.port())) {
      stream.send(WATCH);
      assertThat(stream.next().encode()).contains("\"created\":true");
      put(1);
      assertThat(stream.next().encode()).contains("\"events\"");
      stream.send("{\"cancel_request\":{}}");
      assertThat(stream.next().encode()).contains("\"canceled\":true");
    }
  }

  @Test
  void tellsAQuietWatchHowFarItIs() {
    start(new JsonObject().put("progressMs", 100));
    try (WatchStream stream = new WatchStream(own.port())) {
      stream.send(WATCH);
      assertThat(stream.next().encode()).contains("created");
      await(own.store().put(Bytes.utf8("other"), Bytes.EMPTY));
      eventually(
          () ->
              assertThat(stream.next())
                  .isEqualTo(new JsonObject("{\"result\":{\"header\":{\"revision\":\"2\"}}}")));
    }
  }

  @Test
  void tellsASlowReaderEverythingInOrder() {
    start(new JsonObject());
    int changes = 300;
    String filler = "x".repeat(50_000);
    try (WatchStream stream = new WatchStream(own.port())) {
      stream.send(WATCH);
      assertThat(stream.next().encode()).contains("created");
      for (int i = 0; i < changes; i++) {
        await(own.store().put(Bytes.utf8("a"), Bytes.utf8(filler + i)));
      }
      int told = 0;
      while (told < changes) {
        JsonObject result = stream.next().getJsonObject("result");
        for (Object event : result.getJsonArray("events")) {
          JsonObject entry = ((JsonObject) event).getJsonObject("kv");
          assertThat(entry.getString("version")).isEqualTo(Integer.toString(++told));
        }
      }
    }
  }

  @Test
  void letsAWatchBeginAtTheRevisionItIsTold() {
    start(new JsonObject());
    for (int i = 0; i < 4; i++) {
      put(i);
    }
    await(own.store().compact(3));
    for (long start = 1; start <= 3; start++) {
      JsonObject canceled = second(start);
      long next = Long.parseLong(canceled.getString("compact_revision"));
      assertThat(next).isGreaterThan(start);
    }
    assertThat(second(4).containsKey("events")).isTrue();
  }

  private JsonObject second(long start) {
    try (WatchStream stream = new WatchStream(own.port())) {
      stream.send("{\"create_request\":{\"key\":\"YQ==\",\"start_revision\":" + start + "}}");
      assertThat(stream.next().encode()).contains("created");
      return stream.next().getJsonObject("result");
    }
  }

  @Test
  void limitsConnectionsThatWatchAndTheirWatches() {
    start(new JsonObject().put("watchStreams", 1).put("watchesPerStream", 1));
    try (WatchStream stream = new WatchStream(own.port())) {
      stream.send(WATCH);
      assertThat(stream.next().encode()).contains("\"created\":true");
      stream.send(WATCH);
      assertThat(stream.next().encode()).contains("too many watches");
      GatewayClient.Answer refused = client.post("/v3/watch", WATCH);
      assertThat(refused.status()).isEqualTo(429);
    }
    eventually(
        () -> {
          try (WatchStream next = new WatchStream(own.port())) {
            next.send(WATCH);
            assertThat(next.next().encode()).contains("\"created\":true");
          }
        });
  }

  @Test
  void forgetsTheWatchesOfAClientThatIsGone() {
    start(new JsonObject());
    try (WatchStream stream = new WatchStream(own.port())) {
      stream.send(WATCH + WATCH);
      assertThat(stream.next().encode()).contains("created");
      assertThat(stream.next().encode()).contains("created");
      assertThat(own.watchers()).isEqualTo(2);
    }
    eventually(() -> assertThat(own.watchers()).isZero());
  }

  @Test
  void endsWatchesWhenTheNodeDrains() {
    start(new JsonObject());
    try (WatchStream stream = new WatchStream(own.port())) {
      stream.send(WATCH);
      assertThat(stream.next().encode()).contains("created");
      var unused = own.lifecycle().drain();
      stream.awaitEnd();
      eventually(() -> assertThat(own.watchers()).isZero());
    }
  }

  @Test
  void offersNothingWhereItIsNotEnabled() {
    start(new JsonObject().put("enabled", false));
    assertThat(client.get("/version")).contains("not found");
  }
}
