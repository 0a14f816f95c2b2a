package io.vertebra.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClusterOptionsTest {
  private static final String SECRET = "known-to-the-nodes-alone";

  @TempDir Path folder;

  private static ClusterOptions read(String json) {
    return ClusterOptions.from(Fields.of(new JsonObject(json.replace('\'', '"'))));
  }

  @Test
  void needsNeitherSecretNorCertificatesOnLoopback() {
    for (String host : List.of("127.0.0.1", "localhost", "::1", "127.9.9.9")) {
      ClusterOptions options = read("{'host': '" + host + "'}");
      assertThat(options.needsTls()).isFalse();
      assertThat(options.secret().membersName("vertebra")).isEqualTo("vertebra");
    }
  }

  @Test
  void leavesLoopbackOnlyWithASecret() {
    for (String host : List.of("10.0.0.1", "0.0.0.0", "node1", "127.0.0.1.example")) {
      assertThatThrownBy(() -> read("{'clearText': true, 'host': '" + host + "'}"))
          .hasMessageContaining("/host must be a loopback address");
    }
  }

  @Test
  void leavesLoopbackOnlyWithCertificatesOrWhenToldThatTheNetworkIsItsOwn() {
    String open = "{'host': '10.0.0.1', 'secret': '" + SECRET + "'";
    assertThatThrownBy(() -> read(open + "}")).hasMessageContaining("/tls/certificate is missing");
    assertThat(read(open + ", 'clearText': true}").needsTls()).isFalse();
    assertThat(read(open + ", 'tls': {'certificate':'c', 'key':'k', 'authorities':'a'}}").tls())
        .contains(new NodeTls(Path.of("c"), Path.of("k"), Path.of("a")));
  }

  @Test
  void makesANameThatTellsNeitherTheSecretNorHoldsWithoutIt() {
    ClusterSecret secret = read("{'secret': '" + SECRET + "'}").secret();
    assertThat(secret.membersName("vertebra"))
        .hasSize(64)
        .isEqualTo(read("{'secret': '" + SECRET + "'}").secret().membersName("vertebra"))
        .isNotEqualTo(secret.membersName("other"))
        .isNotEqualTo(read("{'secret': '" + SECRET + "2'}").secret().membersName("vertebra"));
    assertThat(read("{'secret': '" + SECRET + "'}").toString()).doesNotContain(SECRET);
  }

  @Test
  void readsTheSecretFromAFileWithoutTheEndOfTheLine() throws Exception {
    Path file = Files.writeString(folder.resolve("secret"), SECRET + "\n");
    ClusterSecret given = new ClusterSecret(Optional.of(SECRET), Optional.empty());
    assertThat(fromFile(file).membersName("a")).isEqualTo(given.membersName("a"));
    Files.writeString(file, "short\n");
    assertThatThrownBy(() -> fromFile(file).membersName("a"))
        .hasMessageContaining("/cluster/secretFile must hold at least 16 characters");
    assertThatThrownBy(() -> fromFile(folder.resolve("none")).membersName("a"))
        .hasMessageContaining("/cluster/secretFile cannot be read");
  }

  private static ClusterSecret fromFile(Path file) {
    return new ClusterSecret(Optional.empty(), Optional.of(file));
  }

  @Test
  void takesOneSecretOnly() {
    assertThatThrownBy(() -> read("{'secret': '" + SECRET + "', 'secretFile': 'f'}"))
        .hasMessageContaining("/secretFile and secret exclude each other");
  }
}
