package io.vertebra.consul;

import io.vertebra.registry.CheckStatus;
import io.vertebra.registry.Instance;
import io.vertebra.registry.Registered;
import io.vertebra.registry.Registration;
import io.vertebra.registry.RegistryService;
import io.vertebra.registry.ReportCheck;
import io.vertebra.registry.SetMaintenance;
import io.vertx.core.Future;
import java.util.Optional;

/** The writes of {@code /v1/agent}. */
final class AgentWriteEndpoints {
  private static final String PATH = "/v1/agent/";

  private final RegistryService registry;
  private final String node;

  /**
   * @param node the agent's
   */
  AgentWriteEndpoints(RegistryService registry, String node) {
    this.registry = registry;
    this.node = node;
  }

  void offer(Paths paths) {
    paths.put(PATH + "service/register", this::register);
    paths.put(PATH + "service/deregister/", this::deregister);
    paths.put(PATH + "service/maintenance/", asked -> maintain(asked, asked.name("service ID")));
    paths.put(PATH + "maintenance", asked -> maintain(asked, ""));
    paths.put(PATH + "check/register", this::registerCheck);
    paths.put(PATH + "check/deregister/", this::deregisterCheck);
    paths.put(PATH + "check/pass/", asked -> report(asked, CheckStatus.PASSING));
    paths.put(PATH + "check/warn/", asked -> report(asked, CheckStatus.WARNING));
    paths.put(PATH + "check/fail/", asked -> report(asked, CheckStatus.CRITICAL));
    paths.put(PATH + "check/update/", this::update);
  }

  private Future<Reply> register(Asked asked) {
    LenientJson json = asked.json();
    Instance instance = Registering.instance(node, json, "Name");
    Registration registration =
        new Registration(
            Optional.empty(),
            Optional.of(instance),
            Registering.checks(instance, json),
            asked.flag("replace-existing-checks"));
    return done(registry.register(registration, asked.guard()));
  }

  private Future<Reply> deregister(Asked asked) {
    String id = asked.name("service ID");
    return registry
        .deregister(node, id, asked.guard())
        .map(
            removed -> {
              if (!removed.changed()) {
                throw AgentEndpoints.unknownService(id);
              }
              return Reply.done();
            });
  }

  private Future<Reply> maintain(Asked asked, String instance) {
    if (!asked.has("enable")) {
      throw ConsulException.badRequest("Missing value for enable");
    }
    SetMaintenance request =
        new SetMaintenance(node, instance, asked.flag("enable"), asked.text("reason"));
    return done(registry.maintain(request, asked.guard()));
  }

  private Future<Reply> registerCheck(Asked asked) {
    LenientJson json = asked.json();
    String name = json.text("Name");
    if (name.isEmpty()) {
      throw ConsulException.badRequest("Missing check name");
    }
    Registration registration =
        Registration.of(Registering.check(node, json, json.text("ServiceID"), name, name));
    return done(registry.register(registration, asked.guard()));
  }

  private Future<Reply> deregisterCheck(Asked asked) {
    String id = asked.name("check ID");
    return registry
        .deregisterCheck(node, id, asked.guard())
        .map(
            removed -> {
              if (!removed.changed()) {
                throw ConsulException.notFound("Unknown check ID \"" + id + "\"");
              }
              return Reply.done();
            });
  }

  private Future<Reply> report(Asked asked, CheckStatus status) {
    return report(asked, status, asked.text("note"));
  }

  private Future<Reply> update(Asked asked) {
    LenientJson json = asked.json();
    return report(asked, Registering.status(json.text("Status")), json.text("Output"));
  }

  private Future<Reply> report(Asked asked, CheckStatus status, String output) {
    ReportCheck report = new ReportCheck(node, asked.name("check ID"), status, output);
    return done(registry.report(report, asked.guard()));
  }

  private static Future<Reply> done(Future<Registered> written) {
    return written.map(registered -> Reply.done());
  }
}
