package io.vertebra.queue;

import static io.vertebra.api.Operation.Manner.SOCKET;
import static io.vertebra.api.Operation.Manner.TAKING;

import io.vertebra.api.Operation;
import java.util.List;

/** Messages over lasting connections. */
final class QueueStreamApi {
  private QueueStreamApi() {}

  static List<Operation<?>> of(StreamsJob streams) {
    return List.of(
        Operation.taking(
            "stream",
            QueueApi.MESSAGES + ":stream",
            TAKING,
            "Receives messages as they come, as server-sent events.",
            StreamMessages::from,
            request -> streams.open(request, TAKING)),
        Operation.taking(
            "socket",
            QueueApi.QUEUE + "/ws",
            SOCKET,
            "Receives and settles messages over a WebSocket.",
            StreamMessages::from,
            request -> streams.open(request, SOCKET)));
  }
}
