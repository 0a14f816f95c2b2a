package io.vertebra.raft;

import static io.vertebra.raft.Trio.DEADLINE;
import static io.vertebra.raft.Trio.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Failure;
import io.vertx.core.net.SelfSignedCertificate;
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

  private static Optional<RaftTls> tls(SelfSignedCertificate own) {
    Path certificate = Path.of(own.certificatePath());
    return Optional.of(new RaftTls(certificate, Path.of(own.privateKeyPath()), certificate));
  }
}
