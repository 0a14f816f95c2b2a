package io.vertebra.auth;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.auth.DocumentId.Kind;
import io.vertebra.kv.Guard;
import io.vertebra.testkit.TestClock;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every backend must do for documents; each says how to open itself, empty. */
abstract class AuthStoreContract {
  private static final DocumentId ANN = new DocumentId(Kind.USER, "ann");
  private static final DocumentId BOB = new DocumentId(Kind.USER, "bob");

  abstract AuthStore store();

  abstract TestClock clock();

  private static JsonObject value(int number) {
    return new JsonObject().put("n", number);
  }

  private boolean commit(Change... changes) {
    return await(store().commit(List.of(changes), Guard.NONE));
  }

  private Document ann() {
    return await(store().find(ANN)).orElseThrow();
  }

  @Test
  void keepsWhatIsWritten() {
    assertThat(await(store().find(ANN))).isEmpty();
    assertThat(commit(Change.create(ANN, value(1)))).isTrue();
    assertThat(ann().value()).isEqualTo(value(1));
    assertThat(commit(Change.create(ANN, value(2)))).isFalse();
    assertThat(commit(ann().to(value(3)))).isTrue();
    assertThat(ann().value()).isEqualTo(value(3));
    assertThat(commit(ann().removed())).isTrue();
    assertThat(await(store().find(ANN))).isEmpty();
  }

  @Test
  void makesAllChangesOrNone() {
    assertThat(commit(Change.create(ANN, value(1)))).isTrue();
    Document old = ann();
    assertThat(commit(old.to(value(2)))).isTrue();
    assertThat(commit(Change.create(BOB, value(1)), old.to(value(9)))).isFalse();
    assertThat(await(store().find(BOB))).isEmpty();
    assertThat(ann().value()).isEqualTo(value(2));
  }

  @Test
  void changesNothingWhereWhatMustBeAbsentIsThere() {
    assertThat(commit(Change.create(ANN, value(1)), Change.absent(BOB))).isTrue();
    assertThat(await(store().find(BOB))).isEmpty();
    assertThat(commit(Change.create(BOB, value(1)), Change.absent(ANN))).isFalse();
    assertThat(await(store().find(BOB))).isEmpty();
    assertThat(ann().value()).isEqualTo(value(1));
  }

  @Test
  void losesNoneOfManyUpdatesAtOnce() {
    assertThat(commit(Change.create(ANN, value(0)))).isTrue();
    List<Future<Integer>> all =
        IntStream.range(0, 10)
            .mapToObj(
                i ->
                    store()
                        .update(
                            ANN,
                            Guard.NONE,
                            found -> {
                              int next = found.value().getInteger("n") + 1;
                              return new AuthStore.Plan<>(List.of(found.to(value(next))), next);
                            }))
            .toList();
    await(Future.all(all));
    assertThat(ann().value()).isEqualTo(value(10));
  }

  @Test
  void listsInOrderFromAPlace() {
    for (String name : List.of("c", "a", "b", "ab")) {
      assertThat(commit(Change.create(new DocumentId(Kind.USER, name), value(1)))).isTrue();
    }
    assertThat(await(store().list(Kind.USER, "", "", 3)))
        .extracting(each -> each.id().name())
        .containsExactly("a", "ab", "b");
    assertThat(await(store().list(Kind.USER, "", "b", 3)))
        .extracting(each -> each.id().name())
        .containsExactly("c");
    assertThat(await(store().list(Kind.USER, "a", "", 3)))
        .extracting(each -> each.id().name())
        .containsExactly("a", "ab");
    assertThat(await(store().list(Kind.SESSION, "", "", 3))).isEmpty();
  }

  @Test
  void listsNothingOnlyWhereNothingMoreIs() {
    long end = clock().millis() + 1000;
    for (String name : List.of("a", "b", "c")) {
      assertThat(commit(Change.create(new DocumentId(Kind.USER, name), value(1)).until(end)))
          .isTrue();
    }
    assertThat(commit(Change.create(new DocumentId(Kind.USER, "d"), value(1)))).isTrue();
    clock().advance(Duration.ofSeconds(1));
    assertThat(await(store().list(Kind.USER, "", "", 2)))
        .extracting(each -> each.id().name())
        .containsExactly("d");
    assertThat(await(store().list(Kind.USER, "", "d", 2))).isEmpty();
  }

  @Test
  void forgetsWhatIsExpiredUnlessItWasProlonged() {
    long end = clock().millis() + 1000;
    assertThat(
            commit(
                Change.create(ANN, value(1)).until(end), Change.create(BOB, value(1)).until(end)))
        .isTrue();
    assertThat(commit(Change.put(BOB, value(2), end + 1000))).isTrue();
    assertThat(await(store().sweep(10))).isZero();
    clock().advance(Duration.ofSeconds(1));
    assertThat(await(store().find(ANN))).isEmpty();
    assertThat(await(store().read(ANN))).isPresent();
    assertThat(await(store().find(BOB))).isPresent();
    assertThat(await(store().sweep(10))).isPositive();
    assertThat(commit(Change.create(ANN, value(3)))).isTrue();
    assertThat(await(store().find(BOB))).isPresent();
    clock().advance(Duration.ofSeconds(1));
    assertThat(await(store().sweep(10))).isPositive();
    assertThat(await(store().sweep(10))).isZero();
    assertThat(await(store().find(ANN))).isPresent();
  }

  @Test
  void tellsAViewWhatIsLiveAndNothingElse() {
    DocumentId before = new DocumentId(Kind.ROLE, "before");
    DocumentId after = new DocumentId(Kind.ROLE, "after");
    assertThat(commit(Change.create(before, value(1)), Change.create(ANN, value(1)))).isTrue();
    LiveView view = new LiveView();
    store().follow(view);
    eventually(() -> assertThat(view.find(Kind.ROLE, "before", 0)).isPresent());
    assertThat(commit(Change.create(after, value(2)), Change.remove(before))).isTrue();
    eventually(() -> assertThat(view.find(Kind.ROLE, "after", 0)).isPresent());
    eventually(() -> assertThat(view.find(Kind.ROLE, "before", 0)).isEmpty());
    assertThat(view.find(Kind.USER, "ann", 0)).isEmpty();
    store().stop();
  }
}
