package io.vertebra.consul;

import io.vertebra.api.Failure;
import io.vertebra.registry.Check;
import io.vertebra.registry.CheckDefinition.Reported;
import io.vertebra.registry.CheckStatus;
import io.vertebra.registry.Draft;
import io.vertebra.registry.Entry;
import io.vertebra.registry.FoundCheck;
import io.vertebra.registry.RegisterCheck;
import io.vertebra.registry.Registration;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * Does the operations of a transaction on the catalog, on a draft of it.
 *
 * <p>Source: the functions of {@code state/txn.go} of Consul, whose errors these are.
 */
final class CatalogRun {
  private final Draft draft;
  private final RegistryJson json;

  CatalogRun(Draft draft, RegistryJson json) {
    this.draft = draft;
    this.json = json;
  }

  /** Does one; yields its result, once it is known at which revision all was written, if any. */
  Optional<LongFunction<JsonObject>> run(CatalogStep step) {
    try {
      return change(step) ? Optional.of(tell(step)) : Optional.empty();
    } catch (Failure failure) {
      throw new Refusal(String.valueOf(failure.getMessage()));
    }
  }

  /** Whether there is something to tell. */
  private boolean change(CatalogStep step) {
    if (step.verb().compares()) {
      String what = step.verb().writes() ? "failed to set " : "failed to delete ";
      boolean gone = !step.verb().writes() && step.index() == 0;
      boolean same = !gone && index(step) == step.index();
      Refusal.unless(same, what + name(step) + ", index is stale");
    }
    switch (step.verb()) {
      case GET -> Refusal.unless(index(step) != 0, name(step) + " doesn't exist");
      case SET, CAS -> set(step);
      case DELETE, DELETE_CAS -> remove(step);
    }
    return step.verb().writes() || step.verb() == CatalogStep.Verb.GET;
  }

  private void set(CatalogStep step) {
    Registration wanted = step.wanted().orElseThrow();
    if (step.kind() != CatalogStep.Kind.NODE) {
      boolean there = draft.node(step.key().node()).isPresent();
      Refusal.unless(there, "Missing node registration");
    }
    draft.register(step.kind() == CatalogStep.Kind.CHECK ? keeping(step, wanted) : wanted);
  }

  /** A check of the catalog does not say how it is run: that stays as it is. */
  private Registration keeping(CatalogStep step, Registration wanted) {
    RegisterCheck told = wanted.checks().get(0);
    Optional<Check> before = draft.check(step.key()).map(found -> found.check().value().check());
    Check check =
        told.check().definition() instanceof Reported && before.isPresent()
            ? new Check(
                told.check().node(),
                told.check().id(),
                told.check().instance(),
                told.check().name(),
                told.check().notes(),
                before.get().definition(),
                before.get().deregisterAfter())
            : told.check();
    CheckStatus status = told.status().orElse(CheckStatus.CRITICAL);
    return Registration.of(new RegisterCheck(check, Optional.of(status), told.output()));
  }

  private void remove(CatalogStep step) {
    switch (step.kind()) {
      case NODE -> draft.removeNode(step.key().node());
      case SERVICE -> draft.removeInstance(step.key());
      case CHECK -> draft.removeCheck(step.key());
    }
  }

  /** When what is asked for changed last; 0 if it is not there. */
  private long index(CatalogStep step) {
    Optional<? extends Entry<?>> entry =
        switch (step.kind()) {
          case NODE -> draft.node(step.key().node());
          case SERVICE -> draft.instance(step.key());
          case CHECK -> draft.check(step.key()).map(FoundCheck::check);
        };
    return entry.map(Entry::modifyRevision).orElse(0L);
  }

  private LongFunction<JsonObject> tell(CatalogStep step) {
    JsonObject told =
        switch (step.kind()) {
          case NODE -> json.node(draft.node(step.key().node()).orElseThrow());
          case SERVICE -> json.service(draft.instance(step.key()).orElseThrow());
          case CHECK -> {
            FoundCheck found = draft.check(step.key()).orElseThrow();
            yield RegistryJson.check(found.check(), found.instance().map(Entry::value));
          }
        };
    return revision -> new JsonObject().put(step.kind().word(), settled(told, revision));
  }

  private static JsonObject settled(JsonObject told, long revision) {
    for (String index : new String[] {"CreateIndex", "ModifyIndex"}) {
      if (told.getLong(index) == Draft.PENDING) {
        told.put(index, revision);
      }
    }
    return told;
  }

  private static String name(CatalogStep step) {
    String node = "node \"" + step.key().node() + "\"";
    return switch (step.kind()) {
      case NODE -> node;
      case SERVICE -> "service \"" + step.key().id() + "\" on " + node;
      case CHECK -> "check \"" + step.key().id() + "\" on " + node;
    };
  }
}
