package io.vertebra.config;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.LIMITED;

import io.vertebra.api.Failure;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides on changes and commits them, anew when a namespace changed in between. Stateless. */
final class CommitService {
  private static final Logger LOG = LoggerFactory.getLogger(CommitService.class);
  private static final int MAX_ATTEMPTS = 20;

  private final ConfigStore store;
  private final Planner planner;
  private final int maxNamespaces;
  private final BiConsumer<String, Released> announcer;

  /** Makes a commit of a namespace; nothing if there is nothing to change. */
  interface Decision {
    /**
     * The commit for a namespace as it is now.
     *
     * @param fingerprint of the request
     */
    Future<Optional<Commit>> on(Namespace now, String fingerprint);
  }

  /** What is asked for, as far as it matters here. */
  private record Asked(String namespace, Terms terms, String fingerprint, Decision decision) {}

  /**
   * Commits to a store.
   *
   * @param announcer told of each release after it was made, with its namespace
   */
  CommitService(
      ConfigStore store,
      Planner planner,
      int maxNamespaces,
      BiConsumer<String, Released> announcer) {
    this.store = store;
    this.planner = planner;
    this.maxNamespaces = maxNamespaces;
    this.announcer = announcer;
  }

  /**
   * Changes a namespace, or answers again what came of the same request before.
   *
   * @param request by whose text it is told from another one
   */
  Future<Outcome> change(String namespace, Terms terms, Object request, Decision decision) {
    String fingerprint = terms.guard().idempotencyKey().isEmpty() ? "" : fingerprint(request);
    return change(new Asked(namespace, terms, fingerprint, decision), MAX_ATTEMPTS);
  }

  private Future<Outcome> change(Asked asked, int attempts) {
    return store
        .read(asked.namespace())
        .compose(
            now -> {
              String key = asked.terms().guard().idempotencyKey();
              Optional<Done> done = now.done(key, asked.fingerprint());
              return done.isPresent()
                  ? Future.succeededFuture(new Outcome(now.name(), done.get().revision(), true))
                  : decide(asked, now, attempts);
            });
  }

  private Future<Outcome> decide(Asked asked, Namespace now, int attempts) {
    if (now.version() == 0 && store.count() >= maxNamespaces) {
      return Failure.future(LIMITED, "there are " + maxNamespaces + " namespaces, the most");
    }
    return asked
        .decision()
        .on(now, asked.fingerprint())
        .compose(
            commit ->
                commit.isEmpty()
                    ? Future.succeededFuture(new Outcome(now.name(), now.revision(), false))
                    : commit(asked, commit.get(), attempts));
  }

  private Future<Outcome> commit(Asked asked, Commit commit, int attempts) {
    return store
        .commit(commit)
        .compose(
            made -> {
              if (made.isPresent()) {
                announce(commit, made.get());
                Namespace after = commit.after();
                return Future.succeededFuture(new Outcome(after.name(), after.revision(), false));
              }
              return attempts == 1
                  ? Failure.future(CONFLICT, asked.namespace() + " changes too often at present")
                  : change(asked, attempts - 1);
            });
  }

  private void announce(Commit commit, Namespace now) {
    commit
        .released()
        .ifPresent(
            released -> {
              LOG.info(
                  "config.released namespace={} revision={} kind={} keys={}",
                  now.name(),
                  released.revision(),
                  released.kind(),
                  released.changes().size());
              announcer.accept(now.name(), released);
            });
    if (planner.isTooMuch(now.kept())) {
      store
          .releases(now.name(), 0)
          .compose(all -> forget(now, all))
          .onFailure(
              cause -> LOG.warn("config.forget namespace={}: {}", now.name(), cause.getMessage()));
    }
  }

  /** Does nothing if the namespace changed meanwhile: the next release sees to it. */
  private Future<Optional<Namespace>> forget(Namespace now, List<Released> releases) {
    long upTo = planner.excess(now.kept(), releases);
    return upTo == 0
        ? Future.succeededFuture(Optional.empty())
        : store.commit(planner.forget(now, releases, upTo));
  }

  private static String fingerprint(Object request) {
    try {
      byte[] text = request.toString().getBytes(StandardCharsets.UTF_8);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(text);
      return HexFormat.of().formatHex(hash, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
