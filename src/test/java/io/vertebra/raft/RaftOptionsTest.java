package io.vertebra.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Fields;
import io.vertebra.cluster.NodeTls;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RaftOptionsTest {

  private static RaftOptions read(String json) {
    return RaftOptions.from(Fields.of(new JsonObject(json)));
  }

  @Test
  void hasDefaults() {
    RaftOptions options = read("{}");
    assertThat(options.folder()).isEqualTo(Path.of("data/kv"));
    assertThat(options.port()).isEqualTo(6701);
    assertThat(options.minFreeBytes()).isEqualTo(128L << 20);
    assertThat(options.electionMin()).isEqualTo(Duration.ofMillis(500));
    assertThat(options.electionMax()).isEqualTo(Duration.ofMillis(900));
    assertThat(options.leaderLease()).isTrue();
    assertThat(options.snapshotAfterBytes()).isEqualTo(64L << 20);
    assertThat(options.snapshotEvery()).isEqualTo(Duration.ofMinutes(10));
    assertThat(options.tls()).isEmpty();
  }

  @Test
  void readsCertificates() {
    RaftOptions options =
        read("{'tls': {'certificate': 'c', 'key': 'k', 'authorities': 'a'}}".replace('\'', '"'));
    assertThat(options.tls()).contains(new NodeTls(Path.of("c"), Path.of("k"), Path.of("a")));
  }

  @Test
  void refusesAnElectionThatEndsBeforeItBegins() {
    assertThatThrownBy(() -> read("{\"electionMinMs\": 500, \"electionMaxMs\": 400}"))
        .hasMessageContaining("/electionMaxMs must be at least electionMinMs");
  }

  @Test
  void takesOnlyPeersThatCanBe() {
    assertThat(new Peer(-1, "[::1]:80").host()).isEqualTo("::1");
    assertThat(new Peer(1, "host:0").port()).isZero();
    for (String address : List.of("host", "host:", "host:65536", ":1", "a b:1")) {
      assertThatThrownBy(() -> new Peer(1, address)).hasMessageContaining("host:port");
    }
    assertThatThrownBy(() -> new Peer(0, "host:1")).hasMessageContaining("id");
  }

  @Test
  void takesOnlyGroupsThatCanBe() {
    Peer peer = new Peer(1, "host:1");
    assertThatThrownBy(() -> new Group(0, List.of(peer))).hasMessageContaining("clusterId");
    assertThatThrownBy(() -> new Group(1, List.of(peer, peer))).hasMessageContaining("differ");
  }
}
