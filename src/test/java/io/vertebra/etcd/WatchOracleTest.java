package io.vertebra.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Watches tell the same of the same changes on a real etcd and here. */
final class WatchOracleTest {
  private static final String WATCH = "{\"create_request\":{\"key\":\"Zm9v\"}}";

  @TempDir private Path folder;
  private EtcdProcess etcd;
  private OwnGateway own;

  @BeforeEach
  void start() throws IOException, InterruptedException {
    etcd = EtcdProcess.start(folder);
    own = OwnGateway.start();
  }

  @AfterEach
  void stop() {
    if (own != null) {
      own.close();
    }
    if (etcd != null) {
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

    /** Sends a whole body, for etcd answers over HTTP/1.1 only when it has read all of it. */
    Watching open(int lines, String... messages) {
      for (String message : messages) {
        stream.send(message);
      }
      stream.complete();
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

  private void compare(Consumer<Watching> script) {
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
    compare(watch -> watch.open(1, WATCH).put(1).put(1).delete(1).put(1));
  }

  @Test
  void tellsWhatWasThereBefore() {
    String previous = create("\"key\":\"Zm9v\",\"prevKv\":true");
    compare(watch -> watch.open(1, previous).put(1).put(1).delete(1).put(1));
  }

  @Test
  void tellsOnlyTheKindsNotFilteredOut() {
    String noPut = create("\"key\":\"Zm9v\",\"filters\":[\"NOPUT\"]");
    compare(watch -> watch.open(1, noPut).put(0).delete(1));
    String noDelete = create("\"key\":\"Zm9v\",\"filters\":[1]");
    compare(watch -> watch.open(1, noDelete).put(1).delete(0).put(1));
  }

  @Test
  void tellsAllOfATransactionAtOnce() {
    String txn =
        "{\"success\":[{\"request_put\":{\"key\":\"YQ==\",\"value\":\"MQ==\"}},"
            + "{\"request_put\":{\"key\":\"Yg==\"}},{\"request_delete_range\":{\"key\":\"YWE=\"}}]}";
    compare(
        watch ->
            watch
                .open(1, create("\"key\":\"AA==\",\"range_end\":\"AA==\""))
                .post("txn", txn, 1)
                .post("deleterange", "{\"key\":\"YQ==\",\"range_end\":\"AA==\"}", 1));
  }

  @Test
  void tellsThePastAndGoesOn() {
    String past = create("\"key\":\"AA==\",\"range_end\":\"AA==\",\"start_revision\":\"3\"");
    compare(watch -> watch.put(0).put(0).put(0));
    compare(watch -> watch.open(2, past).put(1));
  }

  @Test
  void keepsSeveralWatchesApart() {
    String fifth = create("\"key\":\"Zm9v\",\"watch_id\":\"5\"");
    String again = create("\"key\":\"Zm9v\",\"watch_id\":5");
    String cancel = "{\"cancel_request\":{\"watch_id\":\"5\"}}";
    String unknown = "{\"cancel_request\":{\"watch_id\":\"77\"}}";
    compare(watch -> watch.open(4, fifth, again, WATCH, unknown, cancel).put(1).delete(1));
    String first = "{\"cancel_request\":{}}";
    compare(watch -> watch.open(3, WATCH, first, WATCH).put(1));
  }

  @Test
  void takesMessagesHoweverTheyArrive() {
    String both = WATCH + " " + WATCH + "\n{\"cancel_request\":{\"watch_id\":1}}{}";
    compare(
        watch ->
            watch.open(4, both, "{\"create_request\":", "{\"key\":\"YQ==\"}}").put(1).delete(1));
  }

  @Test
  void goesOnWhenLaterMessagesAreWrong() {
    compare(watch -> watch.open(1, WATCH, "xx").put(1).delete(1));
  }

  @Test
  void tellsProgressWhenAsked() {
    String progress = "{\"progress_request\":{}}";
    compare(watch -> watch.open(3, progress, WATCH, progress).put(1));
  }

  @Test
  void watchesAllKeysFromAnEmptyOne() {
    compare(watch -> watch.open(1, create("\"range_end\":\"AA==\"")).put(1));
  }

  @Test
  void refusesARangeThatIsEmpty() {
    compare(watch -> watch.open(1, create("\"key\":\"Zm9v\",\"range_end\":\"Zm9u\"")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "xx",
        "{\"create_request\":",
        "{\"create_request\":{\"key\":\"Zm9!\"}}",
        "{\"create_request\":{\"key\":\"Zm9v\",\"filters\":[\"X\"]}}",
        "{\"create_request\":{\"start_revision\":\"x\"}}"
      })
  void failsIfTheFirstMessageIsWrong(String message) {
    compare(watch -> watch.open(1, message));
  }

  @Test
  void saysFromWhereThePastIsForgotten() {
    compare(watch -> watch.put(0).put(0).put(0).post("compaction", "{\"revision\":\"3\"}", 0));
    compare(watch -> watch.open(2, create("\"key\":\"Zm9v\",\"start_revision\":\"2\"")));
    compare(watch -> watch.open(2, create("\"key\":\"Zm9v\",\"start_revision\":\"4\"")).put(1));
  }
}
