package io.vertebra.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The store against a plain reading of its rules. */
final class KvStateReferenceTest {
  @Property(tries = 1500)
  void answersAndHoldsWhatTheRulesSay(@ForAll long seed) {
    Random random = new Random(seed);
    RandomCommands commands = new RandomCommands(random);
    KvModel model = new KvModel();
    KvReplica replica = Proposals.replica();
    Proposals proposals = new Proposals(replica);
    for (int i = 0; i < 40; i++) {
      Command command = commands.command(model.revision);
      Object outcome = Proposals.outcome(command, proposals.send(command));
      assertThat(outcome).as(command.toString()).isEqualTo(model.apply(command));
      readsAgree(commands, model, replica.state(), 1 + random.nextInt((int) model.revision));
    }
    replica.state().trim();
    for (long revision = model.compacted; revision <= model.revision; revision++) {
      readsAgree(commands, model, replica.state(), revision);
    }
    assertThat(replica.state().leases().ids()).isEqualTo(List.copyOf(model.leases.keySet()));
    assertThat(replica.state().keys()).isEqualTo(model.revisions.lastEntry().getValue().size());
  }

  private static void readsAgree(
      RandomCommands commands, KvModel model, KvState state, long revision) {
    RangeRequest now = commands.request(0);
    assertThat(state.range(now)).isEqualTo(model.range(now));
    RangeRequest then = commands.request(revision);
    if (revision < model.compacted) {
      assertThatThrownBy(() -> state.range(then))
          .isInstanceOfSatisfying(
              Failure.class, it -> assertThat(it.code()).isEqualTo(FailureCode.COMPACTED));
    } else if (revision > 0) {
      assertThat(state.range(then)).isEqualTo(model.range(then));
    }
  }

  @Property(tries = 500)
  void attachesToALeaseTheKeysThatHoldIt(@ForAll long seed) {
    KvModel model = new KvModel();
    KvReplica replica = Proposals.replica();
    Proposals proposals = new Proposals(replica);
    for (Command command : new RandomCommands(new Random(seed)).some(60)) {
      proposals.send(command);
      model.apply(command);
    }
    for (long id : model.leases.keySet()) {
      List<Bytes> keys =
          model.revisions.lastEntry().getValue().values().stream()
              .filter(entry -> entry.lease() == id)
              .map(KvEntry::key)
              .toList();
      assertThat(replica.state().lease(id).orElseThrow().keys()).isEqualTo(keys);
    }
  }

  @Property(tries = 500)
  void tellsAWatchEveryChangeSinceAnyRevisionOnceAndInOrder(@ForAll long seed) {
    Random random = new Random(seed);
    RandomCommands commands = new RandomCommands(random);
    KvModel model = new KvModel();
    KvReplica replica = Proposals.replica();
    Proposals proposals = new Proposals(replica);
    List<Following> following = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      long from = Math.max(model.compacted, 1 + random.nextInt((int) model.revision + 3)) + 1;
      boolean previous = random.nextBoolean() && from > model.revision;
      WatchRequest request = new WatchRequest(commands.range(), from, previous, Duration.ZERO);
      following.add(new Following(replica.watches().open(request), request));
      following.forEach(one -> one.read(random.nextInt(3) > 0));
      Command command = commands.command(model.revision);
      proposals.send(command instanceof Command.Compact ? new Command.Revoke(9) : command);
      model.apply(command instanceof Command.Compact ? new Command.Revoke(9) : command);
    }
    for (Following one : following) {
      one.read(true);
      one.read(true);
      assertThat(one.events).isEqualTo(one.expected(model));
    }
  }

  /** A watch and what it told. */
  private static final class Following {
    final Cursor cursor;
    final WatchRequest request;
    final List<KvEvent> events = new ArrayList<>();
    CompletableFuture<WatchBatch> next = new CompletableFuture<>();
    boolean asked;
    long told;

    Following(Cursor cursor, WatchRequest request) {
      this.cursor = cursor;
      this.request = request;
    }

    void read(boolean ask) {
      if (!asked && ask) {
        next = cursor.next().toCompletableFuture();
        asked = true;
      }
      if (asked && next.isDone()) {
        WatchBatch batch = next.join();
        assertThat(batch.events()).isNotEmpty();
        assertThat(batch.revision()).isGreaterThan(told);
        told = batch.revision();
        events.addAll(batch.events());
        asked = false;
      }
    }

    List<KvEvent> expected(KvModel model) {
      return model.events.stream()
          .filter(it -> it.revision() >= request.fromRevision())
          .map(KvModel.Told::event)
          .filter(it -> request.range().contains(it.entry().key()))
          .map(
              it ->
                  request.previous()
                      ? it
                      : new KvEvent(it.type(), it.entry(), java.util.Optional.empty()))
          .toList();
    }
  }

  @Property(tries = 300)
  void holdsAfterCompactionWhatAFreshlyLoadedStoreHolds(@ForAll long seed) {
    KvReplica replica = Proposals.replica();
    Proposals proposals = new Proposals(replica);
    new RandomCommands(new Random(seed)).some(60).forEach(proposals::send);
    proposals.send(Proposals.put("last", "x"));
    proposals.send(new Command.Compact(replica.state().revision()));
    KvReplica fresh = Proposals.replica();
    Proposals.load(fresh, Proposals.image(replica));
    assertThat(replica.state().historyEvents()).isZero();
    assertThat(replica.state().bytes()).isEqualTo(fresh.state().bytes());
    assertThat(replica.state().keys()).isEqualTo(fresh.state().keys());
  }
}
