package io.vertebra.schedule;

import io.vertx.core.Vertx;

/** Calls each target by its kind. */
final class TargetCallService implements CallService {
  private final HttpCallJob http;
  private final BusCallJob bus;

  TargetCallService(Vertx vertx, HttpCallJob http) {
    this.http = http;
    this.bus = new BusCallJob(vertx.eventBus());
  }

  @Override
  public OpenCall call(Invocation invocation) {
    Target target = invocation.target();
    if (target instanceof Target.Http to) {
      return http.call(invocation, to);
    }
    if (target instanceof Target.Bus to) {
      return bus.ask(invocation, to);
    }
    return target instanceof Target.Task to
        ? bus.submit(invocation, to)
        : bus.send(invocation, (Target.Queue) target);
  }
}
