package io.vertebra.config;

import static io.vertebra.api.FailureCode.COMPACTED;
import static io.vertebra.api.FailureCode.NOT_FOUND;

import io.vertebra.api.Failure;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;

/** The rules of {@link Planner} over a {@link ConfigStore}. Stateless: any thread may call it. */
final class StoredConfigService implements ConfigService {
  private final ConfigStore store;
  private final Planner planner;
  private final Secrets secrets;
  private final CommitService commits;
  private final WatchService watches;
  private final Worker worker;

  /** Runs what takes time elsewhere than on an event loop. */
  interface Worker {
    <T> Future<T> run(Callable<T> task);
  }

  StoredConfigService(
      ConfigStore store,
      Planner planner,
      Secrets secrets,
      CommitService commits,
      WatchService watches,
      Worker worker) {
    this.store = store;
    this.planner = planner;
    this.secrets = secrets;
    this.commits = commits;
    this.watches = watches;
    this.worker = worker;
  }

  @Override
  public Future<List<String>> namespaces(String after, int limit) {
    return store.names(after, limit);
  }

  @Override
  public Future<Item> get(ReadConfig request) {
    String namespace = request.namespace();
    String key = request.key().orElse("");
    return seen(request)
        .map(
            all -> {
              Namespace.Seen seen = all.get(key);
              if (seen == null) {
                throw new Failure(NOT_FOUND, "there is no key " + key + " in " + namespace);
              }
              Item item = Item.of(seen);
              return item.secret() && request.reveal()
                  ? item.showing(secrets.open(namespace, key, seen.entry().value()))
                  : item;
            });
  }

  /** What the reader of one key sees. */
  private Future<NavigableMap<String, Namespace.Seen>> seen(ReadConfig request) {
    String key = request.key().orElse("");
    return request.revision() > 0
        ? state(request.namespace(), request.revision()).map(StoredConfigService::forAll)
        : store
            .read(request.namespace())
            .map(
                now -> {
                  NavigableMap<String, Namespace.Seen> one = new TreeMap<>();
                  now.see(key, request.audience()).ifPresent(seen -> one.put(key, seen));
                  return one;
                });
  }

  @Override
  public Future<View> read(ReadConfig request) {
    String prefix = request.prefix();
    if (request.revision() > 0) {
      return state(request.namespace(), request.revision())
          .map(
              then ->
                  view(
                      request.namespace(),
                      request.revision(),
                      forAll(Namespace.from(then, prefix))));
    }
    return store
        .read(request.namespace())
        .map(now -> view(now.name(), now.revision(), now.see(request.audience(), prefix)));
  }

  private static View view(
      String namespace, long revision, NavigableMap<String, Namespace.Seen> seen) {
    return new View(namespace, revision, seen.values().stream().map(Item::of).toList());
  }

  private static NavigableMap<String, Namespace.Seen> forAll(NavigableMap<String, Entry> entries) {
    NavigableMap<String, Namespace.Seen> seen = new TreeMap<>();
    entries.forEach((key, entry) -> seen.put(key, new Namespace.Seen(entry, "")));
    return seen;
  }

  /** What all saw at a revision. */
  private Future<NavigableMap<String, Entry>> state(String namespace, long revision) {
    return history(namespace, revision).map(then -> Planner.at(then.now(), then.past(), revision));
  }

  private record Then(Namespace now, List<Past> past) {}

  /** What is needed to tell the state at a revision and after it, none of it forgotten. */
  private Future<Then> history(String namespace, long revision) {
    return store
        .read(namespace)
        .compose(
            now ->
                store
                    .past(namespace, revision)
                    .compose(
                        past ->
                            store
                                .read(namespace)
                                .map(later -> new Then(now.with(later.kept()), past))));
  }

  @Override
  public Future<Outcome> release(Release request) {
    return change(
        request.namespace(),
        request.terms(),
        request,
        (now, print) -> planner.release(now, request, print));
  }

  @Override
  public Future<Outcome> load(LoadConfig request) {
    return change(
        request.namespace(),
        request.terms(),
        request,
        (now, print) ->
            planner.load(now, request.contents(), request.replace(), request.terms(), print));
  }

  @Override
  public Future<Outcome> revert(Revert request) {
    return commits.change(
        request.namespace(),
        request.terms(),
        request,
        (now, print) ->
            store
                .past(request.namespace(), request.revision())
                .compose(past -> worker.run(() -> planner.revert(now, request, past, print))));
  }

  @Override
  public Future<Outcome> putGray(PutGray request) {
    return change(
        request.namespace(),
        request.terms(),
        request,
        (now, print) -> planner.gray(now, request, print));
  }

  @Override
  public Future<Outcome> promote(NamedChange request) {
    return change(
        request.namespace(),
        request.terms(),
        "promote " + request,
        (now, print) -> planner.promote(now, request, print));
  }

  @Override
  public Future<Outcome> rollBack(NamedChange request) {
    return change(
        request.namespace(),
        request.terms(),
        "roll back " + request,
        (now, print) -> planner.rollBack(now, request, print));
  }

  @Override
  public Future<List<GrayRelease>> grays(String namespace) {
    return store
        .read(namespace)
        .map(now -> now.grays().values().stream().sorted().map(GrayRelease::of).toList());
  }

  @Override
  public Future<Outcome> putRule(PutRule request) {
    return change(
        request.namespace(),
        request.terms(),
        request,
        (now, print) -> planner.rule(now, request, print));
  }

  @Override
  public Future<Outcome> deleteRule(NamedChange request) {
    return change(
        request.namespace(),
        request.terms(),
        "remove rule " + request,
        (now, print) -> planner.removeRule(now, request, print));
  }

  @Override
  public Future<List<ValueRule>> rules(String namespace) {
    return store.read(namespace).map(now -> List.copyOf(now.rules().values()));
  }

  @Override
  public Future<Long> reEncrypt(String namespace, Terms terms) {
    return change(
            namespace,
            terms,
            "re-encrypt " + namespace,
            (now, print) -> planner.reEncrypt(now, terms, print))
        .compose(done -> store.read(namespace))
        .map(planner::old);
  }

  @Override
  public Future<List<Released>> history(
      String namespace, Optional<String> key, long before, int limit) {
    return store
        .releases(namespace, 0)
        .map(
            all -> {
              List<Released> newest = new ArrayList<>(all);
              Collections.reverse(newest);
              return newest.stream()
                  .filter(each -> before == 0 || each.revision() < before)
                  .filter(each -> key.isEmpty() || concerns(each, key.get()))
                  .limit(limit)
                  .toList();
            });
  }

  private static boolean concerns(Released released, String key) {
    return released.changes().stream().anyMatch(change -> change.key().equals(key));
  }

  @Override
  public Future<Difference> diff(String namespace, long from, long to, Optional<String> key) {
    return history(namespace, to == 0 ? from : Math.min(from, to))
        .compose(
            then ->
                worker.run(
                    () -> {
                      long end = to == 0 ? then.now().revision() : to;
                      return Difference.of(
                          namespace,
                          from,
                          end,
                          only(key, Planner.at(then.now(), then.past(), from)),
                          only(key, Planner.at(then.now(), then.past(), end)));
                    }));
  }

  private static NavigableMap<String, Entry> only(
      Optional<String> key, NavigableMap<String, Entry> entries) {
    key.ifPresent(name -> entries.keySet().retainAll(Set.of(name)));
    return entries;
  }

  @Override
  public Future<ConfigWatch> watch(WatchConfig request) {
    return store
        .read(request.namespace())
        .compose(
            now -> {
              long known =
                  request.fromRevision() == 0 ? now.revision() : request.fromRevision() - 1;
              if (known == now.revision()) {
                return Future.succeededFuture(watches.open(now, request, Optional.empty()));
              }
              if (known > now.revision() || known < now.kept().since()) {
                return Failure.future(
                    COMPACTED, "the releases after " + known + " are no more to be had: read anew");
              }
              return store
                  .releases(now.name(), known)
                  .map(missed -> watches.open(now, request, first(now, missed, request)));
            });
  }

  private static Optional<ConfigBatch> first(
      Namespace now, List<Released> missed, WatchConfig request) {
    Set<String> keys = new TreeSet<>();
    missed.forEach(each -> each.changes().forEach(change -> keys.add(change.key())));
    return Optional.of(WatchService.batch(null, now, keys, request))
        .filter(batch -> !batch.isEmpty());
  }

  private interface Plan {
    Optional<Commit> on(Namespace now, String fingerprint);
  }

  private Future<Outcome> change(String namespace, Terms terms, Object request, Plan plan) {
    return commits.change(
        namespace,
        terms,
        request,
        (now, fingerprint) -> worker.run(() -> plan.on(now, fingerprint)));
  }
}
