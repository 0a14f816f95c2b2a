package io.vertebra.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class QueueOptionsTest {

  @Test
  void takesNoLongerMessagesThanTheStoreCanKeep() {
    assertThat(QueueRig.options("{'maxMessageBytes': 3145728}").maxMessageBytes())
        .isEqualTo(3_145_728);
    assertThat(QueueRig.options("{'maxMessageBytes': 3145729, 'backend': 'redis'}").backend())
        .isEqualTo(QueueBackend.REDIS);
    assertThatThrownBy(() -> QueueRig.options("{'maxMessageBytes': 3145729}"))
        .hasMessageContaining("/maxMessageBytes must be at most 3145728, backend is kv");
  }
}
