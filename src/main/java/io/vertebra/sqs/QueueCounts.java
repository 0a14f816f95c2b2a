package io.vertebra.sqs;

import io.vertebra.queue.GroupView;
import io.vertebra.queue.QueueView;
import java.util.List;
import java.util.Map;

/** How a queue stands, in the words of SQS: for the group that its clients receive for. */
final class QueueCounts {
  static final String GROUP = "default";
  private static final String READY = "ApproximateNumberOfMessages";
  private static final String HIDDEN = "ApproximateNumberOfMessagesNotVisible";
  private static final String DELAYED = "ApproximateNumberOfMessagesDelayed";
  static final List<String> NAMES = List.of(READY, HIDDEN, DELAYED);

  private QueueCounts() {}

  static Map<String, String> of(QueueView queue) {
    GroupView group =
        queue.groups().stream()
            .filter(each -> each.name().equals(GROUP))
            .findFirst()
            .orElseGet(() -> new GroupView(GROUP, 0, 0, 0));
    return Map.of(
        READY,
        Integer.toString(group.ready()),
        HIDDEN,
        Integer.toString(group.inFlight()),
        DELAYED,
        Integer.toString(group.delayed()));
  }
}
