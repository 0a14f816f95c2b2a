package io.vertebra.route;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Fence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store of definitions must do. A backend's test says how to open the store. */
abstract class RouteStoreContract {
  static final Optional<Fence> UNFENCED = Optional.empty();
  static final Snapshot INITIAL =
      Snapshot.of(7, List.of(Definitions.route("a")), List.of(Definitions.upstream("web")));

  private RouteStore store;
  private Snapshot initial;

  /** A store that holds the definitions of {@code initial}, at any revision. */
  abstract RouteStore open(Snapshot initial) throws Exception;

  @BeforeEach
  void openStore() throws Exception {
    store = open(INITIAL);
    initial = await(store.snapshot());
  }

  @Test
  void beginsWithWhatItWasGiven() {
    assertThat(initial.route("a").value()).isEqualTo(INITIAL.route("a").value());
    assertThat(initial.upstream("web").value()).isEqualTo(INITIAL.upstream("web").value());
    assertThat(initial.routes()).hasSize(1);
    assertThat(initial.upstreams()).hasSize(1);
  }

  @Test
  void showsAWriteToWhoeverReadsAfterIt() {
    Snapshot written =
        await(store.update(UNFENCED, s -> s.withRoute(route("b"), Precondition.ABSENT)));
    assertThat(written.routes()).containsOnlyKeys("a", "b");
    assertThat(await(store.snapshot())).isEqualTo(written);
  }

  @Test
  void leavesEverythingAsItIsWhenAChangeFails() {
    Throwable cause =
        catchThrowable(
            () -> await(store.update(UNFENCED, s -> s.withoutUpstream("web", Precondition.NONE))));
    assertThat(Failure.of(cause).code()).isEqualTo(FailureCode.CONFLICT);
    assertThat(await(store.snapshot())).isEqualTo(initial);
  }

  @Test
  void refusesAHolderThatWasOvertaken() {
    Optional<Fence> late = Optional.of(new Fence("~jobs", 8));
    Optional<Fence> holder = Optional.of(new Fence("~jobs", 9));
    await(store.update(late, s -> s.withRoute(route("b"), Precondition.ABSENT)));
    Snapshot written =
        await(store.update(holder, s -> s.withRoute(route("c"), Precondition.ABSENT)));
    Throwable cause =
        catchThrowable(
            () -> await(store.update(late, s -> s.withoutRoute("a", Precondition.NONE))));
    assertThat(Failure.of(cause).code()).isEqualTo(FailureCode.FENCED);
    assertThat(await(store.snapshot())).isEqualTo(written);
    await(store.update(holder, s -> s.withoutRoute("a", Precondition.NONE)));
    assertThat(await(store.snapshot()).routes()).containsOnlyKeys("b", "c");
  }

  @Test
  void tellsWatchersThePresentSnapshotAndEachNewOneInOrder() {
    List<Snapshot> seen = new ArrayList<>();
    store.watch(seen::add);
    Snapshot first = await(store.update(UNFENCED, s -> s.withRoute(route("b"), Precondition.NONE)));
    Throwable refused =
        catchThrowable(
            () -> await(store.update(UNFENCED, s -> s.withRoute(route("b"), Precondition.ABSENT))));
    Snapshot second = await(store.update(UNFENCED, s -> s.withoutRoute("b", Precondition.NONE)));
    assertThat(refused).isInstanceOf(Failure.class);
    assertThat(seen).containsExactly(initial, first, second);
  }

  @Test
  void goesOnWhenAWatcherThrows() {
    List<Snapshot> seen = new ArrayList<>();
    store.watch(
        snapshot -> {
          throw new IllegalStateException("on purpose");
        });
    store.watch(seen::add);
    Snapshot written =
        await(store.update(UNFENCED, s -> s.withRoute(route("b"), Precondition.NONE)));
    assertThat(seen).containsExactly(initial, written);
  }

  @Test
  void losesNoUpdateOfConcurrentWritersThatExpectARevision() throws Exception {
    int writers = 4;
    int steps = 200;
    List<Snapshot> seen = new ArrayList<>();
    store.watch(seen::add);
    inParallel(
        writers,
        () -> {
          for (int i = 0; i < steps; i++) {
            raisePriority("a");
          }
          return null;
        });
    assertThat(await(store.snapshot()).route("a").value().priority()).isEqualTo(writers * steps);
    assertThat(seen).extracting(Snapshot::revision).doesNotHaveDuplicates().isSorted();
    assertThat(seen).last().isEqualTo(await(store.snapshot()));
  }

  /** Reads, adds one and writes, until no other writer came between. */
  private void raisePriority(String name) {
    boolean written = false;
    while (!written) {
      Entry<Route> entry = await(store.snapshot()).route(name);
      Route old = entry.value();
      Route raised =
          new Route(
              name,
              old.match(),
              old.upstream(),
              old.rewrite(),
              old.priority() + 1,
              Optional.empty(),
              true,
              Optional.empty());
      Throwable cause =
          catchThrowable(
              () ->
                  await(
                      store.update(
                          UNFENCED, s -> s.withRoute(raised, Precondition.at(entry.revision())))));
      written = cause == null;
      assertThat(written || Failure.of(cause).code() == FailureCode.STALE).isTrue();
    }
  }

  private static void inParallel(int threads, Callable<Void> work) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<Void>> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        all.add(work);
      }
      for (var result : executor.invokeAll(all, 30, TimeUnit.SECONDS)) {
        result.get();
      }
    } finally {
      executor.shutdownNow();
    }
  }

  private static Route route(String name) {
    return Definitions.route(name);
  }
}
