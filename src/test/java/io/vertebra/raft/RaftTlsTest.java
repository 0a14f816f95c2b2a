package io.vertebra.raft;

import static io.vertebra.raft.Trio.DEADLINE;
import static io.vertebra.raft.Trio.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Failure;
import io.vertebra.cluster.NodeTls;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class RaftTlsTest {
  @TempDir Path folder;

  @Test
  @Tag("slow")
  void hearsOnlyMembersWithACertificateOfAnAuthority() {
    SelfSignedCertificate known = SelfSignedCertificate.create("localhost");
    SelfSignedCertificate stranger = SelfSignedCertificate.create("localhost");
    try (Trio trio = new Trio(folder).host("localhost").tls(tls(known)).form(1, 2)) {
      assertThat(trio.leader().propose("a")).isEqualTo("1");
      trio.follower().barrier();
      assertThat(trio.follower().replica().entries()).containsExactly("a");
      trio.tls(tls(stranger)).open(3);
      CompletionStage<Void> change =
          trio.leader().engine().setMembers(trio.peers(1, 2, 3), DEADLINE);
      assertThatThrownBy(() -> await(change)).isInstanceOf(Failure.class);
      assertThat(trio.node(3).replica().entries()).isEmpty();
    }
  }

  @Test
  @Tag("slow")
  void connectsToNoMemberWhoseCertificateNamesAnotherHost() throws IOException {
    SelfSignedCertificate here = SelfSignedCertificate.create("localhost");
    SelfSignedCertificate elsewhere = SelfSignedCertificate.create("elsewhere.example");
    Path both =
        Files.writeString(
            folder.resolve("both.pem"),
            Files.readString(Path.of(here.certificatePath()))
                + Files.readString(Path.of(elsewhere.certificatePath())));
    try (Trio trio = new Trio(folder).host("localhost").tls(tls(here, both)).form(1, 2)) {
      assertThat(trio.leader().propose("a")).isEqualTo("1");
      trio.tls(tls(elsewhere, both)).open(3);
      CompletionStage<Void> change =
          trio.leader().engine().setMembers(trio.peers(1, 2, 3), DEADLINE);
      assertThatThrownBy(() -> await(change)).isInstanceOf(Failure.class);
      assertThat(trio.node(3).replica().entries()).isEmpty();
      trio.tls(tls(here, both)).open(4);
      await(trio.leader().engine().setMembers(trio.peers(1, 2, 4), DEADLINE));
      assertThat(trio.leader().propose("b")).isEqualTo("2");
    }
  }

  private static Optional<NodeTls> tls(SelfSignedCertificate own, Path authorities) {
    Path certificate = Path.of(own.certificatePath());
    return Optional.of(new NodeTls(certificate, Path.of(own.privateKeyPath()), authorities));
  }

  private static Optional<NodeTls> tls(SelfSignedCertificate own) {
    Path certificate = Path.of(own.certificatePath());
    return Optional.of(new NodeTls(certificate, Path.of(own.privateKeyPath()), certificate));
  }
}
