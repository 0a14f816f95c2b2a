package io.vertebra.queue;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.kv.Bytes;
import io.vertebra.testkit.KvNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class CommitJobTest {
  private final KvNode node = new KvNode();
  private final Term term = await(new TermStore(node.kv(), node.kernel.node()).begin());
  private final CommitJob job = new CommitJob(node.vertx, node.kv(), term, 1_000, () -> {});

  @AfterEach
  void close() {
    node.close();
  }

  /** The revisions of changes that come at the same time. */
  private List<Long> commit(Change... changes) {
    Promise<List<Long>> done = Promise.promise();
    node.vertx.runOnContext(
        now -> {
          List<Future<Long>> all = Stream.of(changes).map(job::commit).toList();
          Future.all(all).map(each -> each.<Long>list()).onComplete(done);
        });
    return await(done.future());
  }

  private static Change put(Bytes key) {
    return new Change().put(key, Bytes.utf8("x"));
  }

  @Test
  void writesTogetherWhatComesTogether() {
    List<Long> revisions = commit(put(QueueKeys.message(1, 1)), put(QueueKeys.message(1, 2)));
    assertThat(revisions.get(0)).isEqualTo(revisions.get(1));
  }

  @Test
  void writesTogetherNoMoreStepsThanTheStoreTakes() {
    Change[] changes = new Change[100];
    for (int i = 0; i < changes.length; i++) {
      changes[i] = new Change();
      for (int group = 1; group <= 100; group++) {
        changes[i].put(QueueKeys.delivery(1, i, group), Bytes.utf8("x"));
      }
    }
    assertThat(commit(changes)).hasSize(100);
  }

  @Test
  void writesAloneWhatOthersMayContradict() {
    Bytes key = QueueKeys.dedup(1, "a");
    Change removal = new Change().delete(key).alone();
    List<Long> revisions = commit(put(key), removal, put(key), put(QueueKeys.message(1, 1)));
    assertThat(revisions.get(0)).isLessThan(revisions.get(1));
    assertThat(revisions.get(1)).isLessThan(revisions.get(2));
    assertThat(revisions.get(2)).isEqualTo(revisions.get(3));
    assertThat(await(node.kv().get(key))).isPresent();
  }
}
