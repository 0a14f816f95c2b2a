package io.vertebra.election;

import io.vertebra.api.Call;
import io.vertebra.api.Feed;
import io.vertebra.kv.BusCallService;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;

/**
 * The elections of the cluster, called over the event bus. Who campaigns cannot give up before its
 * patience ends; an observer asks again and again.
 */
public final class BusElectionService implements ElectionService {
  private static final Duration POLL = Duration.ofSeconds(30);

  private final BusCallService bus;

  public BusElectionService(Vertx vertx) {
    this.bus = new BusCallService(vertx, ElectionApi.ADDRESS);
  }

  @Override
  public Future<Elected> campaign(Campaign request, Guard guard, Future<Void> gone) {
    return bus.call("campaign", request.toJson(), guard, request.lock().patience())
        .map(Elected::from);
  }

  @Override
  public Future<Elected> proclaim(Proclaim request, Guard guard) {
    return bus.call("proclaim", request.toJson(), guard).map(Elected::from);
  }

  @Override
  public Future<Boolean> resign(Resign request, Guard guard) {
    return bus.call("resign", request.toJson(), guard).map(json -> json.getBoolean("resigned"));
  }

  @Override
  public Future<ElectionState> leader(String name) {
    return bus.call("leader", new JsonObject().put("name", name)).map(ElectionState::from);
  }

  @Override
  public Future<Feed> observe(String name, long fromRevision) {
    return Future.succeededFuture(new Polling(name, fromRevision));
  }

  /** A feed made of long polls. */
  private final class Polling implements Feed {
    private final String name;
    private volatile long from;
    private volatile boolean closed;

    Polling(String name, long from) {
      this.name = name;
      this.from = from;
    }

    @Override
    public Future<JsonObject> next() {
      JsonObject request =
          new JsonObject()
              .put("name", name)
              .put("fromRevision", from)
              .put(Call.WAIT, POLL.toMillis());
      return bus.call("observe", request, Guard.NONE, POLL).compose(this::told);
    }

    /** An answer without a state says only that nothing changed for so long. */
    private Future<JsonObject> told(JsonObject news) {
      from = news.getLong("revision") + 1;
      return closed || news.containsKey("elected") ? Future.succeededFuture(news) : next();
    }

    @Override
    public JsonObject idle() {
      return new JsonObject().put("name", name).put("revision", from - 1);
    }

    @Override
    public void close() {
      closed = true;
    }
  }
}
