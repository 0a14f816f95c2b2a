package io.vertebra.schedule;

import io.vertebra.api.Kernel;
import io.vertebra.kv.KvService;
import io.vertebra.webhook.AllowedHosts;
import io.vertebra.webhook.WebhookGuard;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Opens the concern: offers its operations, follows the schedules, and fires them if it leads. */
public final class ScheduleVerticle extends VerticleBase {
  private final Kernel kernel;
  private final KvService kv;
  private final ScheduleOptions options;
  private final Function<TargetSecrets, CallService> calls;
  private final TargetSecrets secrets = new TargetSecrets();
  private final Board board = new Board();
  private final ScheduleMeters meters;
  private final ScheduleService service;
  private final CalendarService calendars;
  private @Nullable ScheduleWatch watch;
  private @Nullable LeaderJob leader;

  private ScheduleVerticle(
      Kernel kernel,
      ScheduleOptions options,
      KvService kv,
      WebhookGuard guard,
      Function<TargetSecrets, CallService> calls) {
    this.kernel = kernel;
    this.kv = kv;
    this.options = options;
    this.calls = calls;
    this.meters = new ScheduleMeters(kernel.meters());
    this.calendars = new StoredCalendarService(kv, kernel.clock());
    this.service =
        new StoredScheduleService(
            kernel.vertx(),
            kv,
            kernel.clock(),
            new TargetCheckService(guard, secrets),
            options.maxSchedules(),
            meters.schedules::get);
  }

  /**
   * Schedules in the store of this node, which fires them whenever it leads that.
   *
   * @param hosts that may be called
   * @param maxConnections to one server
   */
  public static ScheduleVerticle stored(
      Kernel kernel,
      ScheduleOptions options,
      KvService kv,
      AllowedHosts hosts,
      int maxConnections) {
    Vertx vertx = kernel.vertx();
    WebhookGuard guard = new WebhookGuard(vertx, hosts);
    return new ScheduleVerticle(
        kernel,
        options,
        kv,
        guard,
        secrets ->
            new TargetCallService(
                vertx,
                new HttpCallJob(vertx, guard, secrets, maxConnections, options.maxConcurrent())));
  }

  /** The same with other targets. */
  static ScheduleVerticle calling(
      Kernel kernel, ScheduleOptions options, KvService kv, CallService calls) {
    AllowedHosts all = AllowedHosts.of(List.of(AllowedHosts.PUBLIC, AllowedHosts.LOOPBACK));
    WebhookGuard guard = new WebhookGuard(kernel.vertx(), all);
    return new ScheduleVerticle(kernel, options, kv, guard, secrets -> calls);
  }

  /** The operations, for callers on this node; usable before the start. */
  public ScheduleService service() {
    return service;
  }

  /** The same for calendars. */
  public CalendarService calendars() {
    return calendars;
  }

  @Override
  public Future<?> start() {
    return vertx
        .executeBlocking(() -> options.keys().read())
        .onSuccess(secrets::use)
        .compose(read -> open());
  }

  private Future<Void> open() {
    LeaderJob job =
        new LeaderJob(
            vertx,
            kv,
            kernel.clock(),
            kernel.node(),
            options,
            board,
            calls.apply(secrets),
            meters,
            this::announce);
    leader = job;
    watch = new ScheduleWatch(vertx, kv, board, job::changed, job::reached);
    watch.start();
    job.start();
    return kernel.offer(ScheduleApi.of(service, calendars, kernel.clock()));
  }

  @Override
  public Future<?> stop() {
    if (leader != null) {
      leader.stop();
    }
    if (watch != null) {
      watch.stop();
    }
    return Future.succeededFuture();
  }

  private void announce(LeaderJob.Told told) {
    for (Past past : told.past()) {
      publish(past.toJson().put("schedule", told.schedule()));
    }
    if (told.alarmed()) {
      publish(new JsonObject().put("schedule", told.schedule()).put("alarm", "dead-man"));
    }
  }

  private void publish(JsonObject event) {
    vertx.eventBus().publish(ScheduleApi.EVENTS, event);
  }
}
