package io.vertebra.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.faults.QueueHistory.Acked;
import io.vertebra.faults.QueueHistory.Answer;
import io.vertebra.faults.QueueHistory.Delivered;
import io.vertebra.faults.QueueHistory.Name;
import io.vertebra.faults.QueueHistory.Sent;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A judge that never finds anything is worth nothing: histories with one fault each. */
final class QueueHistoryTest {
  private static final List<String> GROUPS = List.of("a", "b");
  private static final Name FIRST = new Name("q", "k", 0, true);
  private static final Name SECOND = new Name("q", "k", 1, true);

  private final QueueHistory history = new QueueHistory();

  /** Both messages go to both groups; that of group a is delivered twice. */
  @BeforeEach
  void begin() {
    history.add(new Sent(FIRST, "1"));
    history.add(new Sent(SECOND, "2"));
    deliver(FIRST, "a", "1", 1, 10, 20);
    ack(FIRST, "a", 1, Answer.FENCED, 50, 60);
    deliver(FIRST, "a", "1", 2, 30, 40);
    ack(FIRST, "a", 2, Answer.DONE, 60, 70);
    deliver(SECOND, "a", "2", 1, 65, 80);
    ack(SECOND, "a", 1, Answer.UNKNOWN, 90, 100);
    deliver(FIRST, "b", "1", 1, 10, 20);
    ack(FIRST, "b", 1, Answer.DONE, 30, 40);
  }

  private void deliver(Name name, String group, String id, int attempts, long from, long to) {
    history.add(new Delivered(name, group, id, attempts, from, to));
  }

  private void ack(Name name, String group, int attempts, Answer answer, long from, long to) {
    history.add(new Acked(name, group, attempts, answer, from, to));
  }

  private void convicts(String message) {
    assertThatThrownBy(() -> history.verify(GROUPS))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(message);
  }

  @Test
  void acquitsAQueueThatIsRight() {
    assertThat(history.open(GROUPS)).hasSize(1);
    deliver(SECOND, "b", "2", 1, 35, 50);
    assertThatCode(() -> history.verify(GROUPS)).doesNotThrowAnyException();
  }

  @Test
  void findsAMessageThatDoesNotCome() {
    convicts("acknowledged but never delivered");
  }

  @Test
  void findsAMessageThatWasTakenTwice() {
    deliver(SECOND, "b", "3", 1, 35, 50);
    convicts("one message under several ids");
  }

  @Test
  void findsADeliveryAfterItsAcknowledgement() {
    deliver(SECOND, "b", "2", 1, 35, 50);
    deliver(FIRST, "a", "1", 2, 75, 80);
    convicts("delivered after");
  }

  @Test
  void findsAnAcknowledgementByASupersededReceipt() {
    deliver(SECOND, "b", "2", 1, 35, 50);
    deliver(FIRST, "b", "1", 2, 15, 25);
    convicts("supersedes");
  }

  @Test
  void findsAMessageThatComesBeforeTheOneBeforeIsDone() {
    deliver(SECOND, "b", "2", 1, 10, 29);
    convicts("was acknowledged");
  }

  @Test
  void findsAMessageThatComesAfterTheOneBehindIt() {
    deliver(SECOND, "b", "2", 1, 35, 36);
    deliver(FIRST, "b", "1", 1, 37, 38);
    convicts("delivered after");
  }
}
