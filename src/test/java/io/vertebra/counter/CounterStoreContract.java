package io.vertebra.counter;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.Fence;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every backend must do for counters; each says how to open itself, empty. */
abstract class CounterStoreContract {

  abstract CounterStore store();

  private long add(String name, long step) {
    return await(store().add(AddCounter.of(name, step), Guard.NONE)).value().orElseThrow();
  }

  private long value(String name) {
    return await(store().find(name)).orElseThrow().value();
  }

  private static FailureCode refused(Future<?> call) {
    return Failure.of(catchThrowable(() -> await(call))).code();
  }

  private static Guard once(String key) {
    return new Guard(Optional.empty(), key);
  }

  private Counter shard(String name, int shards) {
    SetCounter request = new SetCounter(name, 0, Optional.empty(), Optional.empty(), shards);
    return await(store().set(request, Guard.NONE));
  }

  @Test
  void beginsAtZeroAndAddsWhateverIsGiven() {
    assertThat(await(store().find("a"))).isEmpty();
    assertThat(add("a", 5)).isEqualTo(5);
    assertThat(add("a", -7)).isEqualTo(-2);
    assertThat(add("a", 0)).isEqualTo(-2);
    assertThat(value("a")).isEqualTo(-2);
  }

  @Test
  void countsEveryAddOfManyAtOnceAndTellsEachItsOwnValue() {
    List<Future<Added>> adds =
        IntStream.range(0, 500)
            .mapToObj(i -> store().add(AddCounter.of("hot", 1), Guard.NONE))
            .toList();
    List<Long> values =
        await(Future.all(adds)).<Added>list().stream().map(it -> it.value().orElseThrow()).toList();
    assertThat(values).doesNotHaveDuplicates();
    assertThat(value("hot")).isEqualTo(500);
  }

  @Test
  void refusesToOverflowAndChangesNothing() {
    long most = add("a", Long.MAX_VALUE);
    assertThat(refused(store().add(AddCounter.of("a", 1), Guard.NONE)))
        .isEqualTo(FailureCode.CONFLICT);
    assertThat(value("a")).isEqualTo(most);
    assertThat(add("b", Long.MIN_VALUE)).isEqualTo(Long.MIN_VALUE);
    assertThat(refused(store().add(AddCounter.of("b", -1), Guard.NONE)))
        .isEqualTo(FailureCode.CONFLICT);
  }

  @Test
  void staysWithinItsBounds() {
    AddCounter take = new AddCounter("stock", -1, 0, Long.MAX_VALUE);
    AddCounter fill = new AddCounter("stock", 2, Long.MIN_VALUE, 2);
    assertThat(refused(store().add(take, Guard.NONE))).isEqualTo(FailureCode.CONFLICT);
    assertThat(await(store().find("stock"))).isEmpty();
    assertThat(await(store().add(fill, Guard.NONE)).value()).hasValue(2);
    assertThat(refused(store().add(fill, Guard.NONE))).isEqualTo(FailureCode.CONFLICT);
    assertThat(await(store().add(take, Guard.NONE)).value()).hasValue(1);
    assertThat(await(store().add(take, Guard.NONE)).value()).hasValue(0);
    assertThat(refused(store().add(take, Guard.NONE))).isEqualTo(FailureCode.CONFLICT);
    assertThat(value("stock")).isZero();
  }

  @Test
  void countsOnceForEachIdempotencyKey() {
    Added first = await(store().add(AddCounter.of("a", 3), once("k")));
    add("a", 1);
    Added again = await(store().add(AddCounter.of("a", 3), once("k")));
    assertThat(again).isEqualTo(new Added("a", OptionalLong.of(3), first.revision(), true));
    assertThat(refused(store().add(AddCounter.of("a", 4), once("k"))))
        .isEqualTo(FailureCode.MISMATCH);
    assertThat(value("a")).isEqualTo(4);
  }

  @Test
  void anAddThatWasRefusedMayBeSentAgainWithItsKey() {
    AddCounter take = new AddCounter("stock", -1, 0, Long.MAX_VALUE);
    assertThat(refused(store().add(take, once("k")))).isEqualTo(FailureCode.CONFLICT);
    add("stock", 1);
    assertThat(await(store().add(take, once("k"))).value()).hasValue(0);
  }

  @Test
  void refusesWhoWasOvertaken() {
    Guard holder = new Guard(Optional.of(new Fence("~jobs", 9)), "");
    Guard late = new Guard(Optional.of(new Fence("~jobs", 8)), "");
    assertThat(await(store().add(AddCounter.of("a", 1), holder)).value()).hasValue(1);
    assertThat(refused(store().add(AddCounter.of("a", 1), late))).isEqualTo(FailureCode.FENCED);
    assertThat(value("a")).isEqualTo(1);
  }

  @Test
  void addsToAllOrToNone() {
    List<AddCounter> both = List.of(AddCounter.of("a", 1), new AddCounter("b", 2, 0, 3));
    List<Added> added = await(store().addAll(both, Guard.NONE));
    assertThat(added).extracting(it -> it.value().orElseThrow()).containsExactly(1L, 2L);
    assertThat(added.get(0).revision()).isEqualTo(added.get(1).revision());
    assertThat(refused(store().addAll(both, Guard.NONE))).isEqualTo(FailureCode.CONFLICT);
    assertThat(value("a")).isEqualTo(1);
  }

  @Test
  void setsOnlyWhatIsAsExpected() {
    Counter first = await(store().set(SetCounter.to("a", 7), Guard.NONE));
    SetCounter ifSeven = new SetCounter("a", 8, Optional.of(7L), Optional.empty(), 1);
    assertThat(await(store().set(ifSeven, Guard.NONE)).value()).isEqualTo(8);
    assertThat(refused(store().set(ifSeven, Guard.NONE))).isEqualTo(FailureCode.STALE);
    long stale = first.revision();
    SetCounter ifFirst = new SetCounter("a", 9, Optional.empty(), Optional.of(stale), 1);
    assertThat(refused(store().set(ifFirst, Guard.NONE))).isEqualTo(FailureCode.STALE);
    SetCounter ifNone = new SetCounter("b", 1, Optional.empty(), Optional.of(0L), 1);
    assertThat(await(store().set(ifNone, Guard.NONE)).value()).isEqualTo(1);
    assertThat(refused(store().set(ifNone, Guard.NONE))).isEqualTo(FailureCode.STALE);
    long present = await(store().find("b")).orElseThrow().revision();
    SetCounter ifPresent = new SetCounter("b", -1, Optional.of(1L), Optional.of(present), 1);
    assertThat(await(store().set(ifPresent, Guard.NONE)).value()).isEqualTo(-1);
    assertThat(await(store().set(SetCounter.to("b", 4), Guard.NONE)).value()).isEqualTo(4);
    assertThat(value("a")).isEqualTo(8);
  }

  @Test
  void sumsTheShardsOfACounterExactly() {
    shard("hot", 8);
    List<Future<Added>> adds = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      adds.add(store().add(AddCounter.of("hot", i % 2 == 0 ? 2 : -1), Guard.NONE));
    }
    adds.add(store().add(AddCounter.of("hot", 10), once("k")));
    adds.add(store().add(AddCounter.of("hot", 10), once("k")));
    assertThat(await(Future.all(adds)).<Added>list())
        .allMatch(added -> added.value().isEmpty())
        .filteredOn(Added::replayed)
        .hasSize(1);
    Counter counter = await(store().find("hot")).orElseThrow();
    assertThat(counter.value()).isEqualTo(110);
    assertThat(counter.shards()).isEqualTo(8);
  }

  @Test
  void leavesACounterOfShardsWhatItIs() {
    shard("hot", 4);
    AddCounter bounded = new AddCounter("hot", 1, 0, 9);
    assertThat(refused(store().add(bounded, Guard.NONE))).isEqualTo(FailureCode.INVALID);
    assertThat(refused(store().set(SetCounter.to("hot", 1), Guard.NONE)))
        .isEqualTo(FailureCode.CONFLICT);
    assertThat(refused(store().addAll(List.of(AddCounter.of("hot", 1)), Guard.NONE)))
        .isEqualTo(FailureCode.CONFLICT);
    assertThat(refused(Future.succeededFuture().map(begun -> shard("hot", 2))))
        .isEqualTo(FailureCode.CONFLICT);
    await(store().add(AddCounter.of("hot", 1), Guard.NONE));
    Counter reset = await(store().reset("hot", Guard.NONE)).orElseThrow();
    assertThat(reset).isEqualTo(new Counter("hot", 0, 4, reset.revision()));
    assertThat(value("hot")).isZero();
  }

  @Test
  void beginsAnewAfterItWasRemoved() {
    shard("hot", 4);
    await(store().add(AddCounter.of("hot", 5), Guard.NONE));
    assertThat(await(store().delete("hot", Guard.NONE))).isPresent();
    assertThat(await(store().delete("hot", Guard.NONE))).isEmpty();
    assertThat(await(store().reset("hot", Guard.NONE))).isEmpty();
    assertThat(add("hot", 2)).isEqualTo(2);
    await(store().delete("hot", Guard.NONE));
    assertThat(shard("hot", 4).value()).isZero();
    assertThat(value("hot")).isZero();
  }

  @Test
  void setsACounterToZero() {
    add("a", 5);
    Counter reset = await(store().reset("a", Guard.NONE)).orElseThrow();
    assertThat(reset.value()).isZero();
    assertThat(await(store().find("a"))).contains(reset);
  }

  @Test
  void listsByPrefixPageByPage() {
    List.of("b/2", "b/1", "a", "b/3", "c").forEach(name -> add(name, 1));
    shard("b/4", 2);
    await(store().add(AddCounter.of("b/4", 6), Guard.NONE));
    CounterPage first = await(store().list(new ListCounters("b/", Optional.empty(), 2)));
    assertThat(first.items()).extracting(Counter::name).containsExactly("b/1", "b/2");
    CounterPage second = await(store().list(new ListCounters("b/", first.cursor(), 2)));
    assertThat(second.items()).extracting(Counter::name).containsExactly("b/3", "b/4");
    assertThat(second.items()).extracting(Counter::value).containsExactly(1L, 6L);
    assertThat(second.cursor()).isEmpty();
    CounterPage all = await(store().list(new ListCounters("", Optional.empty(), 100)));
    assertThat(all.items()).hasSize(6);
  }

  @Test
  void givesEachNumberOfASequenceOnce() {
    List<Future<Block>> blocks =
        IntStream.range(0, 50)
            .mapToObj(i -> store().take(new TakeBlock("orders", 1 + i % 3), Guard.NONE))
            .toList();
    List<Long> numbers = new ArrayList<>();
    for (Block block : await(Future.all(blocks)).<Block>list()) {
      for (long number = block.first(); number <= block.last(); number++) {
        numbers.add(number);
      }
    }
    assertThat(numbers).doesNotHaveDuplicates().contains(1L, 99L).hasSize(99);
    Block next = await(store().take(new TakeBlock("orders", 2), once("k")));
    assertThat(next.first()).isEqualTo(100);
    Block again = await(store().take(new TakeBlock("orders", 2), once("k")));
    assertThat(again).isEqualTo(new Block("orders", 100, 101, next.revision(), true));
  }
}
