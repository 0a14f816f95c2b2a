package io.vertebra.testkit.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.testkit.linear.Register.Absent;
import io.vertebra.testkit.linear.Register.Delete;
import io.vertebra.testkit.linear.Register.Deleted;
import io.vertebra.testkit.linear.Register.Found;
import io.vertebra.testkit.linear.Register.Get;
import io.vertebra.testkit.linear.Register.Input;
import io.vertebra.testkit.linear.Register.Output;
import io.vertebra.testkit.linear.Register.Put;
import io.vertebra.testkit.linear.Register.Refused;
import io.vertebra.testkit.linear.Register.Swap;
import io.vertebra.testkit.linear.Register.Written;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Histories of which a person can tell whether they are right. */
final class CheckerTest {
  private final Checker<Register.State, Input, Output> checker = new Checker<>(new Register());
  private final List<Operation<Input, Output>> history = new ArrayList<>();

  private CheckerTest saw(Input input, Output output, long invoked, long returned) {
    history.add(Operation.done(history.size(), "k", input, output, invoked, returned));
    return this;
  }

  private CheckerTest lost(Input input, long invoked) {
    history.add(Operation.unknown(history.size(), "k", input, invoked));
    return this;
  }

  private void isRight() {
    assertThat(checker.check(history)).isInstanceOf(Verdict.Linearizable.class);
  }

  private void isWrong() {
    assertThat(checker.check(history)).isInstanceOf(Verdict.Wrong.class);
  }

  @Test
  void nothingIsRight() {
    isRight();
  }

  @Test
  void aReadAfterAWriteIsRight() {
    saw(new Put("a"), new Written(1), 0, 1).saw(new Get(), new Found("a", 1), 2, 3).isRight();
  }

  @Test
  void aReadDuringAWriteMaySeeEither() {
    saw(new Put("a"), new Written(1), 0, 10)
        .saw(new Get(), new Absent(), 1, 2)
        .saw(new Get(), new Found("a", 1), 3, 4)
        .isRight();
  }

  @Test
  void aStaleReadIsWrong() {
    saw(new Put("a"), new Written(1), 0, 1)
        .saw(new Put("b"), new Written(2), 2, 3)
        .saw(new Get(), new Found("a", 1), 4, 5)
        .isWrong();
  }

  @Test
  void aLostWriteIsWrong() {
    saw(new Put("a"), new Written(1), 0, 1).saw(new Get(), new Absent(), 2, 3).isWrong();
  }

  @Test
  void aLostUpdateIsWrong() {
    saw(new Put("a"), new Written(1), 0, 1)
        .saw(new Swap(1, "b"), new Written(2), 2, 10)
        .saw(new Swap(1, "c"), new Written(3), 3, 11)
        .isWrong();
  }

  @Test
  void aReadOfAValueNeverWrittenIsWrong() {
    saw(new Get(), new Found("a", 1), 0, 1).isWrong();
  }

  @Test
  void aReadOfAValueYetToBeWrittenIsWrong() {
    saw(new Get(), new Found("a", 1), 0, 1).lost(new Put("a"), 2).isWrong();
  }

  @Test
  void aWriteAppliedTwiceIsWrong() {
    saw(new Put("a"), new Written(1), 0, 1)
        .saw(new Put("b"), new Written(2), 2, 3)
        .saw(new Get(), new Found("a", 3), 4, 5)
        .isWrong();
  }

  @Test
  void aWriteAppliedTwiceIsWrongEvenIfNothingCameBetween() {
    saw(new Put("a"), new Written(1), 0, 1).saw(new Get(), new Found("a", 2), 2, 3).isWrong();
  }

  @Test
  void readsThatGoBackAreWrongEvenDuringTheWrite() {
    saw(new Put("a"), new Written(1), 0, 10)
        .saw(new Get(), new Found("a", 1), 1, 2)
        .saw(new Get(), new Absent(), 3, 4)
        .isWrong();
  }

  @Test
  void anUnknownWriteMayTakeEffectLater() {
    lost(new Put("a"), 0)
        .saw(new Get(), new Absent(), 1, 2)
        .saw(new Put("b"), new Written(1), 3, 4)
        .saw(new Get(), new Found("b", 1), 5, 6)
        .saw(new Get(), new Found("a", 2), 7, 8)
        .isRight();
  }

  @Test
  void anUnknownWriteMayNeverTakeEffect() {
    lost(new Put("a"), 0).saw(new Get(), new Absent(), 1, 2).isRight();
  }

  @Test
  void anUnknownWriteTakesEffectOnce() {
    lost(new Put("a"), 0)
        .saw(new Get(), new Found("a", 1), 1, 2)
        .saw(new Put("b"), new Written(2), 3, 4)
        .saw(new Get(), new Found("a", 3), 5, 6)
        .isWrong();
  }

  @Test
  void anUnknownDeletionMayTakeEffectLater() {
    saw(new Put("a"), new Written(1), 0, 1)
        .lost(new Delete(), 2)
        .saw(new Get(), new Found("a", 1), 3, 4)
        .saw(new Get(), new Absent(), 5, 6)
        .isRight();
  }

  @Test
  void oneUnknownDeletionDoesNotExplainTwo() {
    saw(new Put("a"), new Written(1), 0, 1)
        .lost(new Delete(), 2)
        .saw(new Get(), new Absent(), 3, 4)
        .saw(new Put("b"), new Written(3), 5, 6)
        .saw(new Get(), new Absent(), 7, 8)
        .isWrong();
  }

  @Test
  void aRefusalNeedsAReason() {
    saw(new Put("a"), new Written(1), 0, 1).saw(new Swap(1, "b"), new Refused(), 2, 3).isWrong();
  }

  @Test
  void anUnknownWriteThatNobodySawIsReasonForARefusal() {
    saw(new Put("a"), new Written(1), 0, 1)
        .lost(new Put("c"), 1)
        .saw(new Swap(1, "b"), new Refused(), 2, 3)
        .isRight();
  }

  @Test
  void aCreationIsRefusedOnlyWhereTheKeyIs() {
    saw(new Swap(0, "a"), new Written(1), 0, 1)
        .saw(new Swap(0, "b"), new Refused(), 2, 3)
        .saw(new Delete(), new Deleted(2), 4, 5)
        .saw(new Swap(0, "c"), new Written(3), 6, 7)
        .isRight();
    saw(new Delete(), new Deleted(4), 8, 9).saw(new Swap(0, "d"), new Refused(), 10, 11).isWrong();
  }

  @Test
  void revisionsThatGoBackAreWrong() {
    saw(new Put("a"), new Written(2), 0, 1).saw(new Put("b"), new Written(1), 2, 3).isWrong();
  }

  @Test
  void revisionsTellTheOrderOfWritesAtOneTime() {
    saw(new Put("a"), new Written(2), 0, 10)
        .saw(new Put("b"), new Written(1), 0, 10)
        .saw(new Get(), new Found("a", 2), 11, 12)
        .isRight();
    saw(new Get(), new Found("b", 1), 13, 14).isWrong();
  }

  @Test
  void aDeletionOfWhatIsNotThereIsWrong() {
    saw(new Delete(), new Absent(), 0, 1).isRight();
    saw(new Delete(), new Deleted(1), 2, 3).isWrong();
  }

  @Test
  void keysAreJudgedEachForItself() {
    History<Input, Output> both = new History<>();
    both.add(Operation.done(0, "a", new Put("x"), new Written(1), 0, 1));
    both.add(Operation.done(0, "b", new Put("y"), new Written(2), 2, 3));
    both.add(Operation.done(0, "a", new Get(), new Found("x", 1), 4, 5));
    checker.verify(both);
    both.add(Operation.done(1, "b", new Get(), new Absent(), 6, 7));
    assertThatThrownBy(() -> checker.verify(both))
        .hasMessageContaining("not linearizable, key b")
        .hasMessageContaining("client 1 b Get[] -> Absent[] [6, 7]")
        .hasMessageContaining("Put[value=y]");
  }

  @Test
  void doesNotPassWhatItHadNoTimeToJudge() {
    History<Input, Output> both = new History<>();
    both.add(Operation.done(0, "a", new Put("x"), new Written(1), 0, 1));
    both.add(Operation.done(0, "a", new Put("y"), new Written(2), 2, 3));
    Checker<Register.State, Input, Output> hasty = new Checker<>(new Register(), 0);
    assertThat(hasty.check(both.operations())).isEqualTo(new Verdict.Undecided(1));
    assertThatThrownBy(() -> hasty.verify(both)).hasMessageContaining("undecided after 1 steps");
  }

  @Test
  void aSumAddedToTwiceIsWrong() {
    Checker<Long, Long, Long> sums = new Checker<>(new Counter());
    List<Operation<Long, Long>> once =
        List.of(
            Operation.unknown(0, "k", 5L, 0),
            Operation.done(1, "k", 0L, 0L, 1, 2),
            Operation.done(1, "k", 1L, 6L, 3, 4));
    assertThat(sums.check(once)).isInstanceOf(Verdict.Linearizable.class);
    List<Operation<Long, Long>> twice = new ArrayList<>(once);
    twice.add(Operation.done(1, "k", 0L, 11L, 5, 6));
    assertThat(sums.check(twice)).isInstanceOf(Verdict.Wrong.class);
  }
}
