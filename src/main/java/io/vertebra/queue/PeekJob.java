package io.vertebra.queue;

import io.vertebra.queue.MessageStore.Row;
import io.vertebra.queue.MessageStore.Whole;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at messages without changing anything. */
final class PeekJob {
  private static final int MAX_BYTES = 4 << 20;

  private final QueueJob queue;

  PeekJob(QueueJob queue) {
    this.queue = queue;
  }

  Future<MessagePage> peek(PeekMessages request) {
    long from = QueueFields.number(request.from()).orElse(0L);
    MessageStore messages = queue.owner().messages();
    long number = queue.stored().number();
    int keys = (request.limit() + 1) * (1 + queue.index().groups().size());
    return messages
        .scan(number, from, keys)
        .compose(
            part -> {
              List<Row> chosen = chosen(part.rows(), request.limit());
              long next =
                  chosen.size() < part.rows().size()
                      ? part.rows().get(chosen.size()).message().id()
                      : part.next();
              return Future.all(
                      chosen.stream()
                          .map(row -> messages.read(number, row.message().id()))
                          .toList())
                  .map(read -> page(read.list(), next));
            });
  }

  private static List<Row> chosen(List<Row> rows, int limit) {
    List<Row> chosen = new ArrayList<>();
    int bytes = 0;
    for (Row row : rows) {
      bytes += row.message().bodyBytes();
      if (chosen.size() == limit || (!chosen.isEmpty() && bytes > MAX_BYTES)) {
        break;
      }
      chosen.add(row);
    }
    return chosen;
  }

  private static MessagePage page(List<Optional<Whole>> read, long next) {
    return new MessagePage(
        read.stream().flatMap(Optional::stream).map(Whole::toMessage).toList(),
        next == 0 ? Optional.empty() : Optional.of(MessageIds.text(next)));
  }
}
