package io.vertebra.raft;

import static io.vertebra.raft.Trio.DEADLINE;
import static io.vertebra.raft.Trio.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.EngineStatus;
import io.vertebra.raft.Trio.Node;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One member alone, the same for all tests. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class RaftAloneTest {
  private Path folder;
  private Trio trio;
  private Node node;

  @BeforeAll
  void open(@TempDir Path shared) {
    folder = shared;
    trio = new Trio(folder).form(1);
    node = trio.node(1);
  }

  @AfterAll
  void close() {
    trio.close();
  }

  private int count() {
    return node.replica().entries().size();
  }

  @Test
  void appliesEntriesInTheOrderOfTheirProposals() {
    int before = count();
    assertThat(node.propose("first")).isEqualTo(String.valueOf(before + 1));
    assertThat(node.propose("second")).isEqualTo(String.valueOf(before + 2));
    assertThat(node.replica().entries()).endsWith("first", "second");
  }

  @Test
  void answersQuestions() {
    assertThat(node.propose("a")).isNotEmpty();
    byte[] answer = await(node.engine().ask(CountingReplica.bytes("count"), DEADLINE));
    assertThat(CountingReplica.text(answer)).isEqualTo("count=" + count());
  }

  @Test
  void saysWhereItStands() {
    assertThat(node.propose("a")).isNotEmpty();
    EngineStatus status = node.engine().status();
    assertThat(status.memberId()).isEqualTo(1);
    assertThat(status.leaderId()).isEqualTo(1);
    assertThat(status.clusterId()).isEqualTo(77);
    assertThat(status.term()).isPositive();
    assertThat(status.appliedIndex()).isPositive().isEqualTo(status.commitIndex());
    assertThat(status.writable()).isTrue();
    assertThat(node.engine().port()).isEqualTo(node.peer().port());
    assertThat(node.engine().members()).containsExactly(node.peer());
  }

  @Test
  void measuresWhatItDoes() {
    int before = count();
    double applied = node.meter("vertebra.raft.apply");
    double flushed = node.meter("vertebra.raft.flush");
    assertThat(node.propose("a")).isEqualTo(String.valueOf(before + 1));
    assertThat(node.meter("vertebra.raft.apply")).isEqualTo(applied + 1);
    assertThat(node.meter("vertebra.raft.flush")).isGreaterThan(flushed);
    assertThat(node.meter("vertebra.raft.elections")).isEqualTo(1);
    assertThat(node.meter("vertebra.raft.leader")).isEqualTo(1);
    eventually(() -> assertThat(node.meter("vertebra.raft.log.bytes")).isPositive());
  }

  @Test
  void refusesAnEntryThatIsTooLong() {
    CompletionStage<byte[]> proposal = node.engine().propose(new byte[8 << 20], DEADLINE);
    assertThatThrownBy(() -> await(proposal))
        .isInstanceOfSatisfying(
            Failure.class, e -> assertThat(e.code()).isEqualTo(FailureCode.TOO_LARGE));
  }

  @Test
  void takesAnEntryOfThreeMegabytes() {
    int before = count();
    assertThat(node.propose(Trio.repeated("x", 3 << 20))).isEqualTo(String.valueOf(before + 1));
  }
}
