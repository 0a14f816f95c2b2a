package io.vertebra.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Watches tell the same of the same changes on a real etcd and here. */
final class WatchOracleTest {
  private static final String WATCH = "{\"create_request\":{\"key\":\"Zm9v\"}}";
  private static final String PROGRESS = "{\"progress_request\":{}}";

  @TempDir static Path folder;
  private static EtcdProcess etcd;
  private static OwnGateway own;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    etcd = EtcdProcess.start(folder);
    own = OwnGateway.start();
  }

  @AfterAll
  static void stop() {
    if (own != null) {
      own.close();
      etcd.close();
    }
  }

  /** A stream and what it told so far. */
  private static final class Watching {
    private final GatewayClient client;
    private final WatchStream stream;
    private final List<JsonObject> told = new ArrayList<>();

    Watching(int port, WatchStream stream) {
      this.client = new GatewayClient(port);
      this.stream = stream;
    }

    Watching send(String message, int lines) {
      stream.send(message);
      return hear(lines);
    }

    Watching hear(int lines) {
      for (int i = 0; i < lines; i++) {
        told.add(stream.next());
      }
      return this;
    }

    Watching put(int lines) {
      return post("put", "{\"key\":\"Zm9v\",\"value\":\"MQ==\"}", lines);
    }

    Watching delete(int lines) {
      return post("deleterange", "{\"key\":\"Zm9v\"}", lines);
    }

    Watching post(String method, String body, int lines) {
      assertThat(client.post("/v3/kv/" + method, body).status()).isEqualTo(200);
      return hear(lines);
    }
  }

  private static void compare(Consumer<Watching> script) {
    List<JsonObject> expected = run(etcd.port(), script);
    assertThat(run(own.port(), script)).isEqualTo(expected);
  }

  private static List<JsonObject> run(int port, Consumer<Watching> script) {
    try (WatchStream stream = new WatchStream(port)) {
      Watching watching = new Watching(port, stream);
      script.accept(watching);
      return watching.told;
    }
  }

  private static String create(String fields) {
    return "{\"create_request\":{" + fields + "}}";
  }

  @Test
  void tellsChangesAsTheyHappen() {
    compare(watch -> watch.send(WATCH, 1).put(1).put(1).delete(1).put(1));
  }

  @Test
  void tellsWhatWasThereBefore() {
    compare(
        watch ->
            watch
                .send(create("\"key\":\"Zm9v\",\"prevKv\":true"), 1)
                .put(1)
                .put(1)
                .delete(1)
                .put(1));
  }

  @Test
  void tellsOnlyTheKindsNotFilteredOut() {
    compare(
        watch ->
            watch.send(create("\"key\":\"Zm9v\",\"filters\":[\"NOPUT\"]"), 1).put(0).delete(1));
    compare(
        watch -> watch.send(create("\"key\":\"Zm9v\",\"filters\":[1]"), 1).put(1).delete(0).put(1));
  }

  @Test
  void tellsAllOfATransactionAtOnce() {
    String txn =
        "{\"success\":[{\"request_put\":{\"key\":\"YQ==\",\"value\":\"MQ==\"}},"
            + "{\"request_put\":{\"key\":\"Yg==\"}},{\"request_delete_range\":{\"key\":\"YWE=\"}}]}";
    compare(
        watch ->
            watch
                .send(create("\"key\":\"AA==\",\"range_end\":\"AA==\""), 1)
                .post("txn", txn, 1)
                .post("deleterange", "{\"key\":\"YQ==\",\"range_end\":\"AA==\"}", 1));
  }

  @Test
  void tellsThePastAndGoesOn() {
    compare(
        watch ->
            watch
                .put(0)
                .put(0)
                .send(create("\"key\":\"AA==\",\"range_end\":\"AA==\",\"start_revision\":\"3\""), 2)
                .put(1));
  }

  @Test
  void keepsSeveralWatchesApart() {
    compare(
        watch -> {
          watch.send(create("\"key\":\"Zm9v\",\"watch_id\":\"5\""), 1);
          watch.send(create("\"key\":\"Zm9v\",\"watch_id\":5"), 1);
          watch.send(WATCH, 1).send("{\"cancel_request\":{\"watch_id\":\"5\"}}", 1).put(1);
          watch.send("{\"cancel_request\":{\"watch_id\":\"77\"}}", 0).put(1);
          watch.send("{\"cancel_request\":{}}", 1).put(0).send(WATCH, 1).put(1);
        });
  }

  @Test
  void takesMessagesHoweverTheyArrive() {
    compare(
        watch -> {
          watch.send(WATCH + " " + WATCH + "\n{\"cancel_request\":{\"watch_id\":1}}{}", 3);
          watch.send("{\"create_request\":", 0).put(1).send("{\"key\":\"YQ==\"}}", 1).put(1);
        });
  }

  @Test
  void goesOnWhenTheBodyHasEnded() {
    compare(
        watch -> {
          watch.send(WATCH, 1);
          watch.stream.complete();
          watch.put(1).delete(1);
        });
  }

  @Test
  void goesOnWhenLaterMessagesAreWrong() {
    compare(watch -> watch.send(WATCH, 1).send("xx", 0).put(1).delete(1));
  }

  @Test
  void tellsProgressWhenAsked() {
    compare(watch -> watch.send(PROGRESS, 1).send(WATCH, 1).send(PROGRESS, 1).put(1));
  }

  @Test
  void watchesAllKeysFromAnEmptyOne() {
    compare(watch -> watch.send(create("\"range_end\":\"AA==\""), 1).put(1));
  }

  @Test
  void refusesARangeThatIsEmpty() {
    compare(watch -> watch.send(create("\"key\":\"Zm9v\",\"range_end\":\"Zm9u\""), 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "xx",
        "{\"create_request\":{\"key\":\"Zm9!\"}}",
        "{\"create_request\":{\"key\":\"Zm9v\",\"filters\":[\"X\"]}}",
        "{\"create_request\":{\"start_revision\":\"x\"}}"
      })
  void failsIfTheFirstMessageIsWrong(String message) {
    compare(watch -> watch.send(message, 1));
  }

  @Test
  void saysFromWhereThePastIsForgotten() {
    compare(watch -> watch.put(0).put(0).put(0).post("compaction", "{\"revision\":\"3\"}", 0));
    compare(
        watch -> {
          watch.send(create("\"key\":\"Zm9v\",\"start_revision\":\"2\""), 2);
          watch.send(create("\"key\":\"Zm9v\",\"start_revision\":\"3\""), 2).put(1);
        });
  }
}
