package io.vertebra.limiter;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.NOT_FOUND;
import static io.vertebra.api.FailureCode.UNAVAILABLE;

import io.vertebra.api.Failure;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The rules: which policies are asked together, and with which keys. Stateless. */
final class StoredLimiterService implements LimiterService, RequestLimitService {
  private static final int MOST_LINKS = LimiterOptions.MOST_AT_ONCE;

  private final KvPolicyStore policies;
  private final OutageStore states;
  private final LimiterMeters meters;
  private final Supplier<String> permits;
  private final Consumer<StoredPolicy> announcer;

  /**
   * @param permits makes up names of permits, each once
   * @param announcer told of each policy that was written
   */
  StoredLimiterService(
      KvPolicyStore policies,
      OutageStore states,
      LimiterMeters meters,
      Supplier<String> permits,
      Consumer<StoredPolicy> announcer) {
    this.policies = policies;
    this.states = states;
    this.meters = meters;
    this.permits = permits;
    this.announcer = announcer;
  }

  @Override
  public Future<Admission> take(TakeLimit request) {
    return Future.succeededFuture().compose(begun -> job(request).run());
  }

  private TakeJob job(TakeLimit request) {
    List<Link> links = links(List.of(request.policy()), request, request.cost());
    return new TakeJob(states, meters, links, request, permit(request.permit(), links));
  }

  private String permit(String given, List<Link> links) {
    boolean holds = links.stream().anyMatch(link -> link.limit().isHeld());
    return given.isEmpty() && holds ? permits.get() : given;
  }

  @Override
  public Future<Passage> admit(List<String> names, KeyFields fields) {
    return Future.succeededFuture()
        .compose(
            begun -> {
              List<Link> links = links(names, fields, Optional.empty());
              TakeJob job = new TakeJob(states, meters, links, fields, permit("", links));
              return job.run()
                  .map(
                      admission -> new Passage(admission, status -> unheard(job.giveBack(status))));
            });
  }

  /** What cannot be given back is counted, and free when its lease ends. */
  private static void unheard(Future<Void> given) {
    Future<Void> unused = given;
  }

  @Override
  public Future<Admission> peek(TakeLimit request) {
    return Future.succeededFuture()
        .map(begun -> links(List.of(request.policy()), request, request.cost()))
        .compose(
            links ->
                Future.join(
                        links.stream()
                            .map(
                                link ->
                                    states.decide(
                                        link,
                                        new Change.Peek(
                                            link.limit(), link.policy().penalty(), link.cost())))
                            .toList())
                    .map(
                        done -> {
                          List<PolicyDecision> said = done.list();
                          boolean allowed = said.stream().allMatch(PolicyDecision::passes);
                          return new Admission(allowed, said, request.permit());
                        }));
  }

  @Override
  public Future<List<Admission>> takeAll(List<TakeLimit> requests) {
    List<Future<Admission>> taken = new ArrayList<>();
    for (TakeLimit request : requests) {
      taken.add(
          take(request)
              .recover(
                  failed ->
                      Future.succeededFuture(new Admission(false, List.of(), request.permit()))));
    }
    return Future.join(taken).map(done -> done.list());
  }

  @Override
  public Future<Void> reset(TakeLimit key) {
    return Future.succeededFuture()
        .map(begun -> links(List.of(key.policy()), key, Optional.empty()).get(0))
        .compose(link -> asked(link, new Change.Reset()))
        .mapEmpty();
  }

  @Override
  public Future<Boolean> release(ReleaseLimit request) {
    TakeLimit held = request.held();
    if (held.permit().isEmpty()) {
      return Future.failedFuture(Failure.invalid("/permit", "is missing"));
    }
    return Future.succeededFuture()
        .map(begun -> links(List.of(held.policy()), held, Optional.empty()))
        .compose(
            links ->
                Future.join(
                    links.stream()
                        .filter(link -> link.limit().isHeld())
                        .map(link -> asked(link, given(link, request)))
                        .toList()))
        .map(
            done -> {
              List<Decision> said = done.list();
              return said.stream().anyMatch(Decision::allowed);
            });
  }

  private static Change given(Link link, ReleaseLimit request) {
    String permit = request.held().permit();
    long took = request.duration().map(given -> given.toNanos() / 1000).orElse(-1L);
    return link.limit() instanceof AdaptiveLimit adaptive
        ? new Change.Finish(adaptive, permit, took, request.dropped())
        : new Change.Release(permit);
  }

  private Future<Decision> asked(Link link, Change change) {
    return states
        .change(link, change)
        .recover(
            cause ->
                Failure.future(UNAVAILABLE, "whoever keeps the state of this key does not answer"));
  }

  /** The policies named and all that these name, each once, the ones named first. */
  private List<Link> links(List<String> names, KeyFields fields, Optional<Long> cost) {
    Map<String, StoredPolicy> all = policies.current();
    Map<String, Link> links = new LinkedHashMap<>();
    List<String> open = new ArrayList<>(names);
    for (int i = 0; i < open.size(); i++) {
      String name = open.get(i);
      StoredPolicy found = all.get(name);
      if (found == null) {
        throw new Failure(i < names.size() ? NOT_FOUND : UNAVAILABLE, "there is no policy " + name);
      }
      Policy policy = found.policy();
      if (!links.containsKey(name)) {
        links.put(name, link(policy, fields, cost));
        open.addAll(policy.parents());
      }
      if (links.size() > MOST_LINKS) {
        throw new Failure(CONFLICT, "more than " + MOST_LINKS + " policies are asked at once");
      }
    }
    return List.copyOf(links.values());
  }

  private static Link link(Policy policy, KeyFields fields, Optional<Long> cost) {
    String key = policy.key().of(policy.name(), fields);
    return new Link(policy, policy.limitFor(fields), key, cost.orElse(policy.cost()));
  }

  @Override
  public Future<List<StoredPolicy>> policies() {
    return policies.list();
  }

  @Override
  public Future<StoredPolicy> policy(String name) {
    return policies.get(name);
  }

  @Override
  public Future<StoredPolicy> put(WritePolicy<Policy> change) {
    return states.has(change.value().engine())
        ? policies.put(change).onSuccess(announcer::accept)
        : Future.failedFuture(Failure.invalid("/engine", "is not configured on this node"));
  }

  @Override
  public Future<Long> delete(WritePolicy<String> change) {
    return policies.delete(change);
  }
}
