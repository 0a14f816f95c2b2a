package io.vertebra.etcd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same requests get the same answers from a real etcd and from here. */
final class GatewayOracleTest {
  private static final Path SCRIPTS = Path.of("src/test/resources/etcd");

  @TempDir static Path folder;
  private static EtcdProcess etcd;
  private static OwnGateway own;
  private static GatewayClient theirs;
  private static GatewayClient ours;

  @BeforeAll
  static void start() throws IOException, InterruptedException {
    etcd = EtcdProcess.start(folder);
    own = OwnGateway.start();
    theirs = new GatewayClient(etcd.port());
    ours = new GatewayClient(own.port());
  }

  @AfterAll
  static void stop() {
    if (own != null) {
      own.close();
    }
    if (etcd != null) {
      etcd.close();
    }
  }

  private static void compare(String path, String body) {
    GatewayClient.Answer expected = theirs.post(path, body);
    assertThat(ours.post(path, body)).as(path + " " + body).isEqualTo(expected);
  }

  /** Every line of a script is a path, a blank and a body. */
  @ParameterizedTest
  @ValueSource(strings = {"kv", "txn", "lease", "wrong"})
  void answersScriptsAsEtcdDoes(String script) throws IOException {
    List<String> lines = Files.readAllLines(SCRIPTS.resolve(script + ".txt"));
    assertThat(lines).isNotEmpty();
    for (String line : lines) {
      int blank = line.indexOf(' ');
      compare(line.substring(0, blank), line.substring(blank + 1));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void answersAnythingAsEtcdDoes(long seed) {
    RandomRequests requests = new RandomRequests(seed);
    for (int i = 0; i < 500; i++) {
      RandomRequests.Request request = requests.next(own.store().status());
      compare(request.path(), request.body());
    }
  }

  @Test
  void refusesAsManyStepsAsEtcdDoes() {
    String step = "{\"request_range\":{\"key\":\"YQ==\"}}";
    String many = String.join(",", Collections.nCopies(129, step));
    compare("/v3/kv/txn", "{\"success\":[" + many + "]}");
    String within = "{\"request_txn\":{\"success\":[" + many.substring(step.length() + 1) + "]}}";
    compare("/v3/kv/txn", "{\"success\":[" + within + "]}");
  }
}
