package io.vertebra.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** That replicas agree, through images and repeated entries, whatever is in the log. */
final class KvReplicaTest {
  private static final Bytes KEY = Bytes.utf8("key");

  private final KvReplica replica = Proposals.replica();
  private final Proposals proposals = new Proposals(replica);

  @Property(tries = 300)
  void replicasOfTheSameEntriesHaveTheSameImage(@ForAll long seed) {
    KvReplica first = Proposals.replica();
    KvReplica second = Proposals.replica();
    Proposals toFirst = new Proposals(first);
    Proposals toSecond = new Proposals(second);
    int loadAt = new Random(seed).nextInt(60);
    int at = 0;
    for (Command command : new RandomCommands(new Random(seed)).some(60)) {
      if (at++ == loadAt) {
        Proposals.load(second, Proposals.image(first));
      }
      ByteBuffer answer = toFirst.send(command);
      assertThat(toSecond.send(command)).as(command.toString()).isEqualTo(answer);
    }
    assertThat(Proposals.image(second)).isEqualTo(Proposals.image(first));
  }

  @Property(tries = 200)
  void anImageIsOfItsMomentThoughTheStoreGoesOn(@ForAll long seed) throws IOException {
    KvReplica going = Proposals.replica();
    Proposals toGoing = new Proposals(going);
    RandomCommands commands = new RandomCommands(new Random(seed));
    commands.some(40).forEach(toGoing::send);
    byte[] before = Proposals.image(going);
    try (Replica.Image image = going.image()) {
      commands.some(40).forEach(toGoing::send);
      toGoing.send(Proposals.put("z", "z"));
      toGoing.send(new Command.Compact(going.state().revision()));
      toGoing.send(Proposals.put("z", "z"));
      assertThat(image.open().readAllBytes()).isEqualTo(before);
    }
    toGoing.send(Proposals.put("z", "z"));
    assertThat(going.state().historyEvents()).isEqualTo(2);
  }

  @Property(tries = 30)
  void aDamagedByteAnywhereInAnImageIsNoticed(@ForAll long seed) {
    KvReplica damaged = Proposals.replica();
    Proposals toDamaged = new Proposals(damaged);
    new RandomCommands(new Random(seed)).some(30).forEach(toDamaged::send);
    byte[] image = Proposals.image(damaged);
    Random random = new Random(seed);
    for (int i = 0; i < image.length; i++) {
      byte[] copy = image.clone();
      copy[i] ^= (byte) (1 + random.nextInt(255));
      assertThatThrownBy(() -> SnapshotReader.verify(new ByteArrayInputStream(copy)))
          .as("byte " + i)
          .isInstanceOf(IOException.class);
      assertThatThrownBy(() -> damaged.load(new ByteArrayInputStream(copy)))
          .isInstanceOf(IOException.class);
    }
    assertThat(Proposals.image(damaged)).isEqualTo(image);
  }

  @Test
  void anImageThatIsCutShortOrTooLongIsNoticed() {
    proposals.send(Proposals.put("key", "value"));
    byte[] image = Proposals.image(replica);
    for (int i = 0; i < image.length; i++) {
      byte[] cut = Arrays.copyOf(image, i);
      assertThatThrownBy(() -> SnapshotReader.verify(new ByteArrayInputStream(cut)))
          .isInstanceOf(IOException.class);
    }
    byte[] longer = Arrays.copyOf(image, image.length + 1);
    assertThatThrownBy(() -> SnapshotReader.verify(new ByteArrayInputStream(longer)))
        .hasMessageContaining("after its end");
  }

  @Test
  void anImageSaysWhatItHolds() throws IOException {
    proposals.send(Proposals.put("a", "1"));
    proposals.send(Proposals.put("b", "2"));
    proposals.send(Txn.of(Op.delete(Bytes.utf8("a"))));
    byte[] image = Proposals.image(replica);
    SnapshotReader.Summary summary = SnapshotReader.verify(new ByteArrayInputStream(image));
    assertThat(summary.revision()).isEqualTo(4);
    assertThat(summary.entries()).isEqualTo(1);
    assertThat(summary.bytes()).isEqualTo(image.length);
  }

  @Test
  void aBatchThatComesAgainIsAnsweredAgainAndNotAppliedAgain() {
    Command put = new Command.Transact(Proposals.put("key", "value"));
    List<ByteBuffer> first = Proposals.send(replica, 1, 1, 0, put, put);
    assertThat(Proposals.send(replica, 1, 1, 0, put, put)).isEqualTo(first);
    assertThat(replica.state().revision()).isEqualTo(3);
    Proposals.load(replica, Proposals.image(replica));
    assertThat(Proposals.send(replica, 1, 1, 0, put, put)).isEqualTo(first);
    assertThat(replica.state().revision()).isEqualTo(3);
  }

  @Test
  void batchesOfOneProposerMayOvertakeEachOther() {
    Command put = new Command.Transact(Proposals.put("key", "value"));
    Proposals.send(replica, 1, 2, 0, put);
    Proposals.send(replica, 1, 1, 0, put);
    assertThat(replica.state().revision()).isEqualTo(3);
  }

  @Test
  void aBatchThatWasAcknowledgedIsRefusedAsApplied() {
    Command put = new Command.Transact(Proposals.put("key", "value"));
    Proposals.send(replica, 1, 1, 0, put);
    Proposals.send(replica, 1, 2, 1, put);
    List<ByteBuffer> answers = Proposals.send(replica, 1, 1, 0, put, put);
    assertThat(answers)
        .hasSize(2)
        .allSatisfy(it -> assertThat(Proposals.outcome(put, it)).isEqualTo(FailureCode.TIMEOUT));
    assertThat(replica.state().revision()).isEqualTo(3);
  }

  @Test
  void aProposerThatNeverAcknowledgesKeepsBoundedResults() {
    Command put = new Command.Transact(Proposals.put("key", "value"));
    for (int i = 1; i <= Sessions.MAX_RESULTS + 1; i++) {
      Proposals.send(replica, 1, i, 0, put);
    }
    assertThat(Proposals.outcome(put, Proposals.send(replica, 1, 1, 0, put).get(0)))
        .isEqualTo(FailureCode.TIMEOUT);
    assertThat(Proposals.outcome(put, Proposals.send(replica, 1, 2, 0, put).get(0)))
        .isInstanceOf(TxnResult.class);
  }

  @Test
  void theProposerThatIsSilentForLongestIsForgotten() {
    Command grant = new Command.Grant(5, 1000);
    Proposals.send(replica, -1, 1, 0, grant);
    Proposals.send(replica, -2, 1, 0, new Command.Grant(6, 1000));
    for (int i = 0; i < Sessions.MAX_PROPOSERS - 1; i++) {
      Proposals.send(replica, -2, 1, 0, new Command.Grant(6, 1000));
      Proposals.send(replica, i, 1, 0, new Command.Revoke(99));
    }
    assertThat(Proposals.outcome(grant, Proposals.send(replica, -2, 1, 0, grant).get(0)))
        .isEqualTo(1L);
    assertThat(Proposals.outcome(grant, Proposals.send(replica, -1, 1, 0, grant).get(0)))
        .isEqualTo(FailureCode.CONFLICT);
  }

  @Test
  void aTransactionOfTheSameIdempotencyKeyIsDoneOnceAlsoAfterAnImage() {
    Txn once = Proposals.put("key", "value").once("k1");
    TxnResult first = proposals.send(once);
    assertThat(first.replayed()).isFalse();
    Proposals.load(replica, Proposals.image(replica));
    TxnResult second = proposals.send(once);
    assertThat(second)
        .isEqualTo(new TxnResult(first.revision(), first.succeeded(), first.results(), true));
    assertThat(replica.state().revision()).isEqualTo(2);
    assertThatThrownBy(() -> proposals.send(Proposals.put("key", "other").once("k1")))
        .isInstanceOfSatisfying(
            Failure.class, it -> assertThat(it.code()).isEqualTo(FailureCode.MISMATCH));
  }

  @Test
  void theOldestAnswersGoWhenTheyAreTooMany() {
    KeptAnswers kept = new KeptAnswers();
    byte[] large = new byte[1 << 20];
    for (int i = 0; i < 17; i++) {
      kept.keep(new KeptAnswers.Kept("large" + i, 0, large));
    }
    assertThat(kept.find("large1")).isNull();
    assertThat(kept.find("large2")).isNotNull();
    for (int i = 0; i < KeptAnswers.MAX_ANSWERS; i++) {
      kept.keep(new KeptAnswers.Kept("small" + i, 0, new byte[1]));
    }
    assertThat(kept.find("large16")).isNull();
    assertThat(kept.save()).hasSize(KeptAnswers.MAX_ANSWERS);
  }

  @Property(tries = 3000)
  void noEntryMakesItThrow(@ForAll byte[] entry) {
    KvReplica fuzzed = Proposals.replica();
    byte[] result = fuzzed.apply(1, ByteBuffer.wrap(entry));
    try {
      assertThat(Codec.answers(result)).as("of an entry that is one by chance").isNotNull();
    } catch (Failure refusal) {
      assertThat(refusal.code()).isEqualTo(FailureCode.INVALID);
    }
    assertThat(fuzzed.answer(ByteBuffer.wrap(entry))).isNotEmpty();
  }

  @Property(tries = 1000)
  void aSpoiltEntryNeitherThrowsNorBreaksTheStore(@ForAll long seed) {
    Random random = new Random(seed);
    RandomCommands commands = new RandomCommands(random);
    KvReplica fuzzed = Proposals.replica();
    for (int i = 1; i < 30; i++) {
      List<byte[]> encoded = commands.some(4).stream().map(Codec::encode).toList();
      byte[] batch = Codec.batch(1, i, i - 1, encoded);
      for (int spoilt = random.nextInt(4); spoilt > 0; spoilt--) {
        batch[random.nextInt(batch.length)] = (byte) random.nextInt();
      }
      assertThat(fuzzed.apply(1, ByteBuffer.wrap(batch))).isNotEmpty();
    }
    byte[] image = Proposals.image(fuzzed);
    KvReplica loaded = Proposals.replica();
    Proposals.load(loaded, image);
    assertThat(Proposals.image(loaded)).isEqualTo(image);
  }

  @Test
  void aCommandThatMakesNoSenseIsRefusedAloneAndTheOthersOfItsBatchAreDone() {
    byte[] put = Codec.encode(new Command.Transact(Proposals.put("key", "value")));
    byte[] unknown = {9, 9};
    byte[] batch = Codec.batch(1, 1, 0, List.of(unknown, put, new byte[0]));
    List<ByteBuffer> answers = Codec.answers(replica.apply(1, ByteBuffer.wrap(batch)));
    assertThatThrownBy(() -> Codec.revision(answers.get(0))).hasMessageContaining("version 9");
    assertThat(Codec.txn(answers.get(1)).revision()).isEqualTo(2);
    assertThatThrownBy(() -> Codec.revision(answers.get(2))).isInstanceOf(Failure.class);
  }

  @Property(tries = 1000)
  void commandsAreReadAsTheyWereWritten(@ForAll long seed) {
    for (Command command : new RandomCommands(new Random(seed)).some(20)) {
      assertThat(Codec.command(ByteBuffer.wrap(Codec.encode(command)))).isEqualTo(command);
    }
  }

  @Test
  void transactionsWithinEachOtherHaveALimit() {
    Op op = Op.put(KEY, KEY);
    for (int i = 0; i < TxnCodec.MAX_DEPTH; i++) {
      op = new Op.Choice(List.of(), List.of(op), List.of());
    }
    Command tooDeep = new Command.Transact(Txn.of(op));
    assertThatThrownBy(() -> Codec.encode(tooDeep)).isInstanceOf(Failure.class);
    Op.Choice outer = (Op.Choice) op;
    assertThat(proposals.send(Txn.of(outer.then().get(0))).revision()).isEqualTo(2);
  }

  @Test
  void theLeaderSaysHowLongALeaseLasts() {
    proposals.send(new Command.Grant(5, 1000));
    assertThatThrownBy(() -> ask(new Question.TimeToLive(5)))
        .isInstanceOfSatisfying(
            Failure.class, it -> assertThat(it.code()).isEqualTo(FailureCode.UNAVAILABLE));
    replica.leading(1);
    proposals.send(new Command.Grant(6, 2000));
    assertThat(ask(new Question.TimeToLive(5))).isEqualTo(new LeaseTime(1000, 1000));
    assertThat(ask(new Question.KeepAlive(6))).isEqualTo(new LeaseTime(2000, 2000));
    proposals.send(new Command.Revoke(6));
    assertThatThrownBy(() -> ask(new Question.KeepAlive(6)))
        .isInstanceOfSatisfying(
            Failure.class, it -> assertThat(it.code()).isEqualTo(FailureCode.NOT_FOUND));
    replica.leading(0);
    assertThatThrownBy(() -> ask(new Question.KeepAlive(5))).isInstanceOf(Failure.class);
  }

  private LeaseTime ask(Question question) {
    return Codec.leaseTime(replica.answer(ByteBuffer.wrap(Codec.encode(question))));
  }

  @Test
  void aLeaseIsEndedByTheLeaderAloneThatFoundItOver() {
    AtomicLong nanos = new AtomicLong();
    KvReplica paused = new KvReplica(nanos::get);
    new Proposals(paused).send(new Command.Grant(5, 1000));
    paused.leading(3);
    nanos.addAndGet(Duration.ofSeconds(2).toNanos());
    Command.Expire over = paused.leases().due(9).get(0);
    assertThat(outcome(paused, 4, 1, over)).isEqualTo(FailureCode.STALE);
    assertThat(paused.state().lease(5)).isPresent();
    assertThat(outcome(paused, 3, 2, over)).isEqualTo(1L);
    assertThat(paused.state().lease(5)).isEmpty();
  }

  /** Of a command that a leader of a term took into the log. */
  private static Object outcome(KvReplica of, long term, long sequence, Command command) {
    byte[] batch = Codec.batch(99, sequence, 0, List.of(Codec.encode(command)));
    byte[] answer = of.apply(term, ByteBuffer.wrap(batch));
    return Proposals.outcome(command, Codec.answers(answer).get(0));
  }

  @Test
  void logsOfEarlierVersionsEndLeasesInAnyTerm() {
    proposals.send(new Command.Grant(5, 1000));
    long generation = replica.state().lease(5).orElseThrow().term().generation();
    byte[] encoded = Codec.encode(new Command.Expire(5, generation, 1));
    byte[] old = Arrays.copyOf(encoded, encoded.length - 1);
    old[1] = 4;
    byte[] batch = Codec.batch(99, 1, 0, List.of(old));
    Codec.answers(replica.apply(7, ByteBuffer.wrap(batch)));
    assertThat(replica.state().lease(5)).isEmpty();
  }

  @Test
  void whatIsRefusedChangesNothing() {
    proposals.send(new Command.Grant(1, 1000));
    proposals.send(Txn.of(new Op.Overtake("lock", 0)));
    byte[] before = Proposals.image(replica);
    List<Txn> refused =
        List.of(
            Txn.of(Op.put(KEY, KEY), Op.put(Bytes.utf8("b"), KEY, 9)),
            Txn.of(Op.put(KEY, KEY), new Op.Put(Bytes.utf8("b"), KEY, 0, false, true, false)),
            Txn.of(Op.put(KEY, KEY), Op.put(KEY, KEY)),
            Txn.of(Op.put(KEY, KEY), Op.put(Bytes.EMPTY, KEY)),
            Txn.of(new Op.Overtake("other", 0), Op.put(KEY, KEY, 2)).under(new Fence("third", 2)),
            Proposals.put("key", "value").under(new Fence("lock", 1)));
    KvReplica other = Proposals.replica();
    Proposals.load(other, before);
    for (Txn txn : refused) {
      Command command = new Command.Transact(txn);
      assertThatThrownBy(() -> Codec.txn(ByteBuffer.wrap(other.state().apply(command))))
          .isInstanceOf(Failure.class);
    }
    assertThat(Proposals.image(other)).isEqualTo(before);
  }

  @Test
  void aFenceThatWasOvertakenIsNamedWithBothTokens() {
    proposals.send(Proposals.put("key", "value").under(new Fence("~lock", 7)));
    assertThatThrownBy(
            () -> proposals.send(Proposals.put("key", "other").under(new Fence("~lock", 6))))
        .isInstanceOfSatisfying(
            Failure.class, it -> assertThat(it.code()).isEqualTo(FailureCode.FENCED))
        .hasMessageContaining("lock ~lock")
        .hasMessageContaining("7")
        .hasMessageContaining("6");
    Txn neither = Txn.when(Compare.absent(KEY), Op.put(KEY, KEY)).under(new Fence("~lock", 8));
    assertThat(proposals.send(neither).succeeded()).isFalse();
    assertThatThrownBy(
            () -> proposals.send(Proposals.put("key", "other").under(new Fence("~lock", 7))))
        .isInstanceOf(Failure.class);
    assertThat(replica.state().revision()).isEqualTo(2);
  }

  @Test
  void aTokenThatWasNeverGivenOutIsRefusedUnlessTheLockIsNumberedElsewhere() {
    Txn early = Proposals.put("key", "value").under(new Fence("lock", 2));
    assertThatThrownBy(() -> proposals.send(early))
        .isInstanceOfSatisfying(
            Failure.class, it -> assertThat(it.code()).isEqualTo(FailureCode.INVALID))
        .hasMessageContaining("never given out by this store");
    Txn huge = Proposals.put("key", "value").under(new Fence("~lock", Long.MAX_VALUE));
    assertThat(proposals.send(huge).revision()).isEqualTo(2);
    assertThat(proposals.send(early).revision()).isEqualTo(3);
    assertThatThrownBy(() -> proposals.send(Txn.of(new Op.Overtake("~lock", 0))))
        .isInstanceOfSatisfying(
            Failure.class, it -> assertThat(it.code()).isEqualTo(FailureCode.INVALID));
  }

  @Test
  void nothingIsAppendedOverAKeyThatIsThere() {
    Bytes prefix = Bytes.utf8("queue/");
    proposals.send(Txn.of(Op.put(new Op.Append(prefix, KEY, 0).key(3), KEY)));
    assertThatThrownBy(() -> proposals.send(Txn.of(new Op.Append(prefix, Bytes.EMPTY, 0))))
        .isInstanceOfSatisfying(
            Failure.class, it -> assertThat(it.code()).isEqualTo(FailureCode.CONFLICT));
    proposals.send(Proposals.put("key", "value"));
    assertThat(proposals.send(Txn.of(new Op.Append(prefix, KEY, 0))).revision()).isEqualTo(4);
  }

  @Test
  void aLeaseThatWasNotThereToEndCanBeGrantedAfterwards() {
    Txn anew = Txn.of(new Op.Revoke(5), new Op.Grant(5, 1000), Op.put(KEY, KEY, 5));
    assertThat(proposals.send(anew).succeeded()).isTrue();
    assertThat(replica.state().lease(5).orElseThrow().keys()).containsExactly(KEY);
  }

  @Test
  void anAnswerIsCutAtItsMostBytes() {
    Bytes large = Bytes.wrap(new byte[3 << 20]);
    proposals.send(Txn.of(Op.put(Bytes.utf8("a"), large)));
    proposals.send(Txn.of(Op.put(Bytes.utf8("b"), large)));
    RangeResult cut = replica.state().range(RangeRequest.all(KeyRange.ALL));
    assertThat(cut.entries()).hasSize(1);
    assertThat(cut.more()).isTrue();
    assertThatThrownBy(() -> proposals.send(Txn.of(new Op.Delete(KeyRange.ALL, true))))
        .isInstanceOfSatisfying(
            Failure.class, it -> assertThat(it.code()).isEqualTo(FailureCode.TOO_LARGE));
    assertThat(replica.state().keys()).isEqualTo(2);
  }
}
