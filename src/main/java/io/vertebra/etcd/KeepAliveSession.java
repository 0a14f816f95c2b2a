package io.vertebra.etcd;

import io.vertx.core.Future;

/** A stream of keep-alives: each request is answered, and the response ends with the last one. */
final class KeepAliveSession implements StreamRoute.Session {
  private final LeaseMethods leases;
  private final ResultStream results;

  KeepAliveSession(LeaseMethods leases, ResultStream results) {
    this.leases = leases;
    this.results = results;
  }

  @Override
  public Future<Void> receive(Message message) {
    return leases.keepAlive(message).compose(results::send);
  }

  @Override
  public void complete() {
    results.end();
  }

  @Override
  public void close() {}
}
