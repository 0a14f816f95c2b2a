package io.vertebra.kv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Failure;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class FencesTest {
  private static final long REVISION = 100;

  private final Set<Long> leases = new HashSet<>(Set.of(7L));
  private final Fences fences = new Fences(leases::contains, 3, 2);

  @Test
  void refusesWhatWasForgottenRatherThanLettingItThrough() {
    for (long token = 1; token <= 10; token++) {
      fences.learn("lock" + token, token, 0);
    }

    assertThat(fences.save()).hasSize(4);
    refused("lock1", 1);
    refused("never seen", 7);
    passes("never seen", 8);
    passes("lock10", 10);
    refused("lock10", 9);
  }

  @Test
  void remembersAsLongAsALockIsHeld() {
    fences.learn("held", 1, 7);
    for (long token = 2; token <= 20; token++) {
      fences.learn("lock" + token, token, 0);
    }
    passes("held", 1);

    leases.clear();
    for (long token = 21; token <= 30; token++) {
      fences.learn("lock" + token, token, 0);
    }
    refused("held", 1);
  }

  @Test
  void aWriteOfTheHolderLeavesItsLeaseKnown() {
    fences.learn("held", 1, 7);
    fences.learn("held", 1, 0);
    for (long token = 2; token <= 20; token++) {
      fences.learn("lock" + token, token, 0);
    }

    passes("held", 1);
  }

  @Test
  void isTheSameOncePutBack() {
    for (long token = 1; token <= 10; token++) {
      fences.learn("lock" + token, token, token % 2 == 0 ? 7 : 0);
      fences.learn("~lock" + token, 11 - token, 0);
    }
    Fences other = new Fences(leases::contains, 3, 2);
    fences.save().forEach(other::raise);

    assertThat(other.save()).isEqualTo(fences.save());
    assertThat(other.bytes()).isEqualTo(fences.bytes());
  }

  @Test
  void refusesATokenThatTheStoreHasNotReached() {
    passes("lock", REVISION);
    refused("lock", REVISION + 1);
    passes("~lock", REVISION + 1);
  }

  @Test
  void remembersTheLastThatWroteOfTheLocksNumberedElsewhere() {
    fences.learn("~a", Long.MAX_VALUE, 0);
    fences.learn("~b", 5, 0);
    fences.learn("~a", Long.MAX_VALUE, 0);
    long bytes = fences.bytes();
    fences.learn("~c", 5, 0);

    refused("~a", 4);
    refused("~c", 4);
    passes("~b", 4);
    passes("never seen", 1);
    assertThat(fences.bytes()).isEqualTo(bytes);
    assertThat(fences.greatest()).isZero();
  }

  @Test
  void forgetsAgainWhatIsTooMuchOnceTwoWerePutTogether() {
    Fences other = new Fences(leases::contains, 3, 2);
    for (long token = 1; token <= 3; token++) {
      fences.learn("lock" + token, token, 7);
      fences.learn("~lock" + token, token, 0);
      other.learn("other" + token, token + 3, 0);
      other.learn("~other" + token, token, 0);
    }
    other.save().forEach(fences::raise);
    fences.settle();

    assertThat(fences.save())
        .extracting(Fences.Saved::lock)
        .containsExactly("", "lock1", "lock2", "lock3", "~other2", "~other3");
    refused("other3", 6);
    assertThat(fences.greatest()).isEqualTo(6);
  }

  private void passes(String lock, long token) {
    assertThatCode(() -> fences.check(new Fence(lock, token), REVISION)).doesNotThrowAnyException();
  }

  private void refused(String lock, long token) {
    assertThatThrownBy(() -> fences.check(new Fence(lock, token), REVISION))
        .isInstanceOf(Failure.class);
  }
}
