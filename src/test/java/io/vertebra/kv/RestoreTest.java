package io.vertebra.kv;

import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** That a restore replaces the state at one entry of the log, wholly or not at all. */
final class RestoreTest {
  private static final Bytes KEY = Bytes.utf8("key");
  private static final long ID = -5;

  private final KvReplica replica = Proposals.replica();
  private final Proposals proposals = new Proposals(replica);

  @Test
  void takesTheStoreBackAtALaterRevision() {
    proposals.send(new Command.Grant(3, 1000));
    proposals.send(Txn.of(Op.put(KEY, KEY, 3)));
    byte[] backup = backup(replica);
    for (int i = 0; i < 9; i++) {
      proposals.send(Proposals.put("gone" + i, "x"));
    }
    WatchRequest request = new WatchRequest(KeyRange.ALL, 0, false, Duration.ZERO);
    Cursor cursor = replica.watches().open(request);
    assertThat(restore(proposals, backup, 2, true)).isEqualTo(12L);
    assertThat(entries(replica)).containsExactly(new KvEntry(KEY, KEY, 2, 2, 1, 3));
    assertThat(replica.state().lease(3).orElseThrow().keys()).containsExactly(KEY);
    assertThat(cursor.next().toCompletableFuture())
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .withMessageContaining("compacted");
    assertThatThrownBy(() -> replica.state().range(RangeRequest.one(KEY).at(11)))
        .isInstanceOfSatisfying(
            Failure.class, it -> assertThat(it.code()).isEqualTo(FailureCode.COMPACTED));
    Cursor next = replica.watches().open(request);
    assertThat(proposals.send(Proposals.put("key", "next")).revision()).isEqualTo(13);
    assertThat(next.next().toCompletableFuture())
        .succeedsWithin(Duration.ZERO)
        .satisfies(batch -> assertThat(batch.revision()).isEqualTo(13));
  }

  @Test
  void servesAsBeforeUntilItsEnd() {
    proposals.send(Proposals.put("key", "value"));
    proposals.send(new Command.BeginRestore(ID));
    KvEntry entry = new KvEntry(KEY, KEY, 50, 60, 2, 0);
    assertThat(send(part(entry))).isEqualTo(2L);
    assertThat(proposals.send(Proposals.put("key", "other")).revision()).isEqualTo(3);
    Proposals.load(replica, Proposals.image(replica));
    assertThat(entries(replica)).containsExactly(new KvEntry(KEY, Bytes.utf8("other"), 2, 3, 2, 0));
    Command tooFew = new Command.EndRestore(ID, 60, 2, true);
    assertThat(send(tooFew)).isEqualTo(FailureCode.CONFLICT);
    assertThat(replica.state().revision()).isEqualTo(3);
    assertThat(send(new Command.EndRestore(ID, 60, 1, true))).isEqualTo(61L);
    assertThat(entries(replica)).containsExactly(entry);
    assertThat(replica.state().gathered()).isEmpty();
  }

  @Test
  void refusesAPartThatDoesNotFitWhole() {
    proposals.send(new Command.BeginRestore(ID));
    KvEntry good = new KvEntry(KEY, KEY, 1, 1, 1, 0);
    KvEntry leased = new KvEntry(Bytes.utf8("b"), KEY, 1, 1, 1, 4);
    assertThat(send(part(good, leased))).isEqualTo(FailureCode.INVALID);
    assertThat(send(part(good, good))).isEqualTo(FailureCode.INVALID);
    KeptAnswers.Kept answer = new KeptAnswers.Kept("k", 1, new byte[1]);
    Command twice =
        new Command.Restore(
            ID, Collections.nCopies(2, answer), List.of(good), List.of(), List.of());
    assertThat(send(twice)).isEqualTo(FailureCode.INVALID);
    assertThat(send(new Command.EndRestore(ID, 1, 0, false))).isEqualTo(2L);
    assertThat(entries(replica)).isEmpty();
  }

  @Test
  void isSupersededByAnotherThatBegins() {
    proposals.send(new Command.BeginRestore(ID));
    assertThat(send(part(new KvEntry(KEY, KEY, 1, 1, 1, 0)))).isEqualTo(1L);
    proposals.send(new Command.BeginRestore(9));
    assertThat(send(part(new KvEntry(Bytes.utf8("b"), KEY, 1, 1, 1, 0))))
        .isEqualTo(FailureCode.CONFLICT);
    assertThat(send(new Command.EndRestore(ID, 1, 1, false))).isEqualTo(FailureCode.CONFLICT);
    assertThat(send(new Command.CancelRestore(ID))).isEqualTo(1L);
    assertThat(send(new Command.EndRestore(9, 1, 0, false))).isEqualTo(2L);
    assertThat(entries(replica)).isEmpty();
  }

  @Test
  void leavesNothingWhenItIsCancelled() {
    proposals.send(Proposals.put("key", "value"));
    byte[] before = backup(replica);
    long bytes = replica.state().bytes();
    proposals.send(new Command.BeginRestore(ID));
    send(part(new KvEntry(KEY, Bytes.wrap(new byte[5000]), 1, 1, 1, 0)));
    assertThat(replica.state().bytes()).isGreaterThan(bytes + 5000);
    assertThat(send(new Command.CancelRestore(ID))).isEqualTo(2L);
    assertThat(send(new Command.EndRestore(ID, 1, 1, true))).isEqualTo(FailureCode.CONFLICT);
    assertThat(replica.state().bytes()).isLessThan(bytes + 500);
    assertThat(backup(replica)).isEqualTo(before);
  }

  @Test
  void replacesKeysOfUsersOnlyByForce() {
    byte[] empty = backup(replica);
    proposals.send(Txn.of(Op.put(Bytes.of(new byte[] {0, 'r'}), KEY)));
    assertThat(restore(proposals, empty, 1, false)).isEqualTo(3L);
    proposals.send(Proposals.put("key", "value"));
    assertThat(restore(proposals, empty, 2, false)).isEqualTo(FailureCode.CONFLICT);
    assertThat(entries(replica)).hasSize(1);
    assertThat(restore(proposals, empty, 3, true)).isEqualTo(5L);
    assertThat(entries(replica)).isEmpty();
  }

  @Test
  void readsBackupsFromBeforeTheyNamedTheirStore() {
    proposals.send(Proposals.put("key", "value"));
    byte[] backup = backup(replica);
    byte[] old = new byte[backup.length - 3];
    System.arraycopy(backup, 0, old, 0, 8);
    old[8] = 2;
    System.arraycopy(backup, 12, old, 9, old.length - 9 - 4);
    CRC32C checksum = new CRC32C();
    checksum.update(old, 0, old.length - 4);
    ByteBuffer.wrap(old).putInt(old.length - 4, (int) checksum.getValue());
    KvReplica fresh = Proposals.replica();
    restore(new Proposals(fresh), old, 1, false);
    assertThat(entries(fresh)).isEqualTo(entries(replica));
  }

  @Test
  void neverLetsAFenceGoBack() {
    proposals.send(Proposals.put("a", "1").under(new Fence("~saved", 9)));
    proposals.send(Proposals.put("a", "1").under(new Fence("~both", 5)));
    byte[] backup = backup(replica);
    proposals.send(Proposals.put("a", "1").under(new Fence("~both", 7)));
    proposals.send(Proposals.put("a", "1").under(new Fence("~later", 4)));
    restore(proposals, backup, 1, true);
    for (Fence old :
        List.of(new Fence("~both", 6), new Fence("~later", 3), new Fence("~saved", 8))) {
      Command late = new Command.Transact(Proposals.put("b", "2").under(old));
      assertThat(send(late)).as(old.toString()).isEqualTo(FailureCode.FENCED);
    }
    assertThat(proposals.send(Proposals.put("b", "2").under(new Fence("~both", 7))).succeeded())
        .isTrue();
    KvReplica lost = Proposals.replica();
    Proposals toLost = new Proposals(lost);
    restore(toLost, backup, 1, false);
    assertThatThrownBy(() -> toLost.send(Proposals.put("b", "2").under(new Fence("~saved", 8))))
        .isInstanceOf(Failure.class);
  }

  @Test
  void goesOnBeyondTheTokensOfTheBackup() {
    for (int i = 0; i < 9; i++) {
      proposals.send(Proposals.put("a", "1"));
    }
    long token = overtake(proposals);
    byte[] backup = backup(replica);
    KvReplica lost = Proposals.replica();
    Proposals toLost = new Proposals(lost);
    restore(toLost, backup, 1, false);
    assertThat(toLost.send(Proposals.put("b", "2").under(new Fence("jobs", token))).succeeded())
        .isTrue();
    assertThat(overtake(toLost)).isGreaterThan(token);
    assertThatThrownBy(() -> toLost.send(Proposals.put("b", "2").under(new Fence("jobs", token))))
        .isInstanceOf(Failure.class);
  }

  @Test
  void aTokenPutBackIsNeverBeyondTheRevision() {
    proposals.send(new Command.BeginRestore(ID));
    Fences.Saved greater = new Fences.Saved("jobs", 500, 0);
    Command part = new Command.Restore(ID, List.of(), List.of(), List.of(), List.of(greater));
    assertThat(send(part)).isEqualTo(1L);
    assertThat(send(new Command.EndRestore(ID, 60, 0, true))).isEqualTo(501L);
    assertThat(overtake(proposals)).isEqualTo(502);
  }

  @Test
  void overtakesTheServersOwnLocksWhoseHoldersKnowWhatIsReplaced() {
    long saved = overtake(proposals, "\0saved");
    byte[] backup = backup(replica);
    long later = overtake(proposals, "\0later");
    long users = overtake(proposals, "jobs");
    restore(proposals, backup, 1, true);
    for (Fence own : List.of(new Fence("\0saved", saved), new Fence("\0later", later))) {
      Command late = new Command.Transact(Proposals.put("b", "2").under(own));
      assertThat(send(late)).as(own.toString()).isEqualTo(FailureCode.FENCED);
    }
    assertThat(proposals.send(Proposals.put("b", "2").under(new Fence("jobs", users))).succeeded())
        .isTrue();
    Fence next = new Fence("\0saved", overtake(proposals, "\0saved"));
    assertThat(proposals.send(Proposals.put("b", "2").under(next)).succeeded()).isTrue();
  }

  private static long overtake(Proposals to) {
    return overtake(to, "jobs");
  }

  private static long overtake(Proposals to, String lock) {
    TxnResult result = to.send(Txn.of(new Op.Overtake(lock, 0)));
    return ((OpResult.Overtake) result.results().get(0)).token();
  }

  @Test
  void givesLeasesTheirFullTimeThoughTheyWereAboutToEnd() {
    AtomicLong nanos = new AtomicLong();
    KvReplica leading = new KvReplica(nanos::get);
    leading.leading(1);
    Proposals toLeading = new Proposals(leading);
    toLeading.send(new Command.Grant(3, 1000));
    toLeading.send(Txn.of(Op.put(KEY, KEY, 3)));
    byte[] backup = backup(leading);
    nanos.addAndGet(Duration.ofMillis(1000).toNanos());
    List<Command.Expire> due = leading.leases().due(9);
    assertThat(due).hasSize(1);
    restore(toLeading, backup, 1, true);
    assertThat(Proposals.outcome(due.get(0), toLeading.send(due.get(0))))
        .isEqualTo(FailureCode.NOT_FOUND);
    assertThat(leading.leases().remaining(3)).hasValue(1000);
    nanos.addAndGet(Duration.ofMillis(1000).toNanos());
    leading.leases().due(9).forEach(toLeading::send);
    assertThat(entries(leading)).isEmpty();
  }

  @Test
  void remembersTheIdempotencyKeysOfTheBackupAlone() {
    TxnResult first = proposals.send(Proposals.put("key", "1").once("saved"));
    byte[] backup = backup(replica);
    proposals.send(Proposals.put("key", "2").once("later"));
    restore(proposals, backup, 1, true);
    TxnResult again = proposals.send(Proposals.put("key", "1").once("saved"));
    assertThat(again.replayed()).isTrue();
    assertThat(again.revision()).isEqualTo(first.revision());
    assertThat(proposals.send(Proposals.put("key", "2").once("later")).replayed()).isFalse();
  }

  @Test
  void weighsAsMuchAsItSays() throws IOException {
    for (int i = 1; i <= 500; i++) {
      String name = "n".repeat(i % 20) + i;
      proposals.send(new Command.Grant(i, 1000));
      proposals.send(Txn.of(Op.put(Bytes.utf8(name), Bytes.utf8(name), i % 2 * i)).once(name));
      proposals.send(Txn.of(new Op.Overtake(name, 0)));
    }
    byte[] backup = backup(replica);
    KvReplica empty = Proposals.replica();
    long before = empty.state().bytes();
    Proposals.load(empty, backup);
    SnapshotReader.Summary summary = SnapshotReader.verify(new ByteArrayInputStream(backup));
    assertThat(summary.memory()).isEqualTo(empty.state().bytes() - before);
  }

  @Test
  void isNotInABackup() {
    proposals.send(Proposals.put("key", "value"));
    byte[] before = backup(replica);
    proposals.send(new Command.BeginRestore(ID));
    send(part(new KvEntry(Bytes.utf8("b"), KEY, 1, 1, 1, 0)));
    assertThat(backup(replica)).isEqualTo(before);
    assertThat(Proposals.image(replica)).isNotEqualTo(before);
  }

  @Property(tries = 300)
  void isTheSameOnAllReplicasAlsoThroughAnImageInItsMidst(@ForAll long seed) {
    KvReplica first = Proposals.replica();
    KvReplica second = Proposals.replica();
    Proposals toFirst = new Proposals(first);
    Proposals toSecond = new Proposals(second);
    Random random = new Random(seed);
    int loadAt = random.nextInt(60);
    int at = 0;
    for (Command command : withRestores(random)) {
      if (at++ == loadAt) {
        Proposals.load(second, Proposals.image(first));
      }
      ByteBuffer answer = toFirst.send(command);
      assertThat(toSecond.send(command)).as(command.toString()).isEqualTo(answer);
    }
    assertThat(Proposals.image(second)).isEqualTo(Proposals.image(first));
    assertThat(second.state().leases().generation()).isEqualTo(first.state().leases().generation());
  }

  private static List<Command> withRestores(Random random) {
    RandomCommands some = new RandomCommands(random);
    List<Command> commands = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      KvEntry entry = new KvEntry(some.key(), KEY, 1, 1 + random.nextInt(90), 1, 0);
      long id = 1 + random.nextInt(2);
      commands.add(
          switch (random.nextInt(8)) {
            case 0 -> new Command.BeginRestore(id);
            case 1, 2, 3 ->
                new Command.Restore(
                    id,
                    List.of(),
                    List.of(entry),
                    List.of(new LeaseTerm(1 + random.nextInt(3), 1000, 1)),
                    List.of(new Fences.Saved("lock" + random.nextInt(2), random.nextInt(40), 0)));
            case 4 -> new Command.EndRestore(id, random.nextInt(90), random.nextInt(3), true);
            default -> some.command(i + KvState.FIRST_REVISION);
          });
    }
    return commands;
  }

  @Test
  void standsInTheLogAsItWasProposed() {
    KvEntry entry = new KvEntry(KEY, KEY, 1, 1, 1, 3);
    for (Command command :
        List.of(
            new Command.BeginRestore(ID),
            new Command.Restore(
                ID,
                List.of(),
                List.of(entry),
                List.of(new LeaseTerm(3, 1000, 1)),
                List.of(new Fences.Saved("lock", 2, 0))),
            new Command.EndRestore(ID, 7, 1, true),
            new Command.CancelRestore(ID))) {
      assertThat(Codec.command(ByteBuffer.wrap(Codec.encode(command)))).isEqualTo(command);
    }
  }

  @Test
  void isGivenUpByTheLeaderWhenNothingComesForLong() {
    AtomicLong nanos = new AtomicLong();
    KvOptions options = KvOptions.from(Fields.of(new JsonObject()));
    KvReplica leading = new KvReplica(nanos::get);
    InMemoryEngine engine = new InMemoryEngine();
    engine.open(leading).toCompletableFuture().join();
    Proposer proposer = new Proposer(engine, options, nanos::get, 1);
    try {
      UpkeepJob upkeep = new UpkeepJob(leading, proposer, options, nanos::get);
      propose(proposer, new Command.BeginRestore(ID));
      upkeep.tidy();
      nanos.addAndGet(UpkeepJob.RESTORE_SILENCE.toNanos() - 1);
      upkeep.tidy();
      propose(proposer, part(new KvEntry(KEY, KEY, 1, 1, 1, 0)));
      nanos.addAndGet(1);
      upkeep.tidy();
      propose(proposer, new Command.Compact(1));
      assertThat(leading.state().gathered()).isPresent();
      nanos.addAndGet(UpkeepJob.RESTORE_SILENCE.toNanos());
      upkeep.tidy();
      eventually(() -> assertThat(leading.state().gathered()).isEmpty());
    } finally {
      proposer.close();
      engine.close().toCompletableFuture().join();
    }
  }

  private static void propose(Proposer proposer, Command command) {
    assertThat(proposer.submit(Codec.encode(command)).toCompletableFuture())
        .succeedsWithin(Duration.ofSeconds(5));
  }

  private static Command part(KvEntry... entries) {
    return new Command.Restore(ID, List.of(), List.of(entries), List.of(), List.of());
  }

  private Object send(Command command) {
    return Proposals.outcome(command, proposals.send(command));
  }

  /** The outcome of the end. */
  private static Object restore(Proposals to, byte[] backup, long id, boolean force) {
    assertThat(Codec.revision(to.send(new Command.BeginRestore(id)))).isPositive();
    try {
      SnapshotReader.Summary summary =
          SnapshotReader.gather(
              new ByteArrayInputStream(backup),
              id,
              part -> assertThat(Codec.revision(to.send(part))).isPositive());
      Command end = new Command.EndRestore(id, summary.revision(), summary.entries(), force);
      return Proposals.outcome(end, to.send(end));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] backup(KvReplica from) {
    try (StateImage image = from.backup()) {
      return image.open().readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Those of users. */
  private static List<KvEntry> entries(KvReplica of) {
    return of.state().range(RangeRequest.all(KeyRange.USERS)).entries();
  }
}
