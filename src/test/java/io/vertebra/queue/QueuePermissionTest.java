package io.vertebra.queue;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.api.Api;
import io.vertebra.api.Operation;
import io.vertebra.api.Operation.Other;
import io.vertebra.testkit.KvNode;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What else a caller must be permitted to write to. */
final class QueuePermissionTest {
  private static final KvNode NODE = new KvNode();
  private static final Api API = QueueApi.of(new BusQueueService(NODE.vertx));

  @AfterAll
  static void close() {
    NODE.close();
  }

  @ParameterizedTest
  @CsvSource({
    "define, '{\"queue\": \"a\", \"deadLetter\": \"b\"}', b",
    "define, '{\"queue\": \"a\", \"deadLetter\": \"a.dead\"}',",
    "define, '{\"queue\": \"a\", \"deadLetter\": \"\"}',",
    "define, '{\"queue\": \"a\", \"deadLetter\": 7}',",
    "define, '{\"queue\": \"a\"}',",
    "redrive, '{\"queue\": \"a\", \"to\": \"b\"}', b",
    "redrive, '{\"queue\": \"a\"}',"
  })
  void isTheQueueThatMessagesGoTo(String action, String request, String other) {
    assertThat(operation(action).others().apply(new JsonObject(request)))
        .isEqualTo(other == null ? List.of() : List.of(new Other("queues", other)));
  }

  @Test
  void isNothingForMessages() {
    JsonObject request = new JsonObject().put("queue", "a").put("body", "b").put("to", "c");
    assertThat(operation("send").others().apply(request)).isEmpty();
  }

  private static Operation<?> operation(String action) {
    return API.operations().stream()
        .filter(each -> each.action().equals(action))
        .findFirst()
        .orElseThrow();
  }
}
