package io.vertebra.etcd;

import io.vertebra.api.Failure;
import io.vertebra.kv.KvEvent;
import io.vertebra.kv.KvWatch;
import io.vertebra.kv.WatchBatch;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes the changes of one watch on to its client. The next ones are asked for when those before
 * have left this node, so that a slow client takes no memory here.
 */
final class Watcher {
  private static final Logger LOG = LoggerFactory.getLogger(Watcher.class);

  /** What is not to be told, in the order of the protocol's numbers. */
  enum Filter {
    NOPUT,
    NODELETE
  }

  private final WatchSession session;
  private final long id;
  private final KvWatch watch;
  private final Set<Filter> filters;
  private long reached;
  private boolean closed;

  /**
   * @param reached up to where there is nothing to tell
   */
  Watcher(WatchSession session, long id, KvWatch watch, Set<Filter> filters, long reached) {
    this.session = session;
    this.id = id;
    this.watch = watch;
    this.filters = filters;
    this.reached = reached;
  }

  void run() {
    if (!closed) {
      watch.next().compose(this::tell).onSuccess(sent -> run()).onFailure(this::fail);
    }
  }

  /** The last revision up to which everything was told. */
  long reached() {
    return reached;
  }

  void close() {
    closed = true;
    watch.close();
  }

  private Future<Void> tell(WatchBatch batch) {
    reached = batch.revision();
    List<KvEvent> events = batch.events().stream().filter(this::isWanted).toList();
    if (closed || (events.isEmpty() && !batch.events().isEmpty())) {
      return Future.succeededFuture();
    }
    JsonObject answer = session.answer(id, batch.revision());
    if (!events.isEmpty()) {
      answer.put("events", new JsonArray(events.stream().map(Answers::event).toList()));
    }
    return session.send(answer);
  }

  private boolean isWanted(KvEvent event) {
    return !filters.contains(event.type() == KvEvent.Type.PUT ? Filter.NOPUT : Filter.NODELETE);
  }

  private void fail(Throwable cause) {
    if (closed) {
      return;
    }
    close();
    session
        .lost(id, reached + 1, Failure.of(cause))
        .onFailure(gone -> LOG.debug("etcd.watch lost id={}", id, gone));
  }
}
