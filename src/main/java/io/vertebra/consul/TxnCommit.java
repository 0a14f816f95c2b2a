package io.vertebra.consul;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.KeyRange;
import io.vertebra.kv.KvRules;
import io.vertebra.kv.Op;
import io.vertebra.kv.Txn;
import io.vertebra.registry.Draft;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Makes a transaction of the store that writes what came of a run, if all that it was decided on is
 * still so.
 */
final class TxnCommit {
  private final TxnBasis basis;
  private final TxnRun run;
  private final Set<Compare> compares = new LinkedHashSet<>();
  private final List<Op> steps = new ArrayList<>();
  private final Set<Bytes> marks = new LinkedHashSet<>();

  private TxnCommit(TxnBasis basis, TxnRun run) {
    this.basis = basis;
    this.run = run;
  }

  /**
   * @param draft what came of it in the catalog
   */
  static Txn of(TxnBasis basis, List<TxnStep> asked, TxnRun run, Draft draft) {
    TxnCommit commit = new TxnCommit(basis, run);
    asked.forEach(commit::compare);
    commit.compares.addAll(draft.compares());
    commit.steps.addAll(draft.steps());
    commit.write();
    return commit.txn();
  }

  private void compare(TxnStep step) {
    if (step.verb().isOfTree()) {
      unchanged(Layout.pairs(step.key()));
      Marks.askedByPrefix(step.key()).forEach(mark -> unchanged(KeyRange.one(mark)));
      return;
    }
    Pair pair = basis.pairs().get(Layout.pair(step.key()));
    compares.add(
        Compare.modifiedAt(Layout.pair(step.key()), pair == null ? 0 : pair.modifyIndex()));
    if (step.verb() == TxnStep.Verb.LOCK) {
      compares.add(Compare.exists(Layout.session(step.session())));
      if (pair == null || !pair.isLocked()) {
        compares.add(Compare.absent(Layout.delay(step.key())));
      }
    }
  }

  private void unchanged(KeyRange range) {
    compares.add(
        new Compare(
            range,
            Compare.Target.MOD_REVISION,
            Compare.Relation.LESS,
            basis.revision() + 1,
            Bytes.EMPTY));
  }

  private void write() {
    for (String key : run.written()) {
      Bytes place = Layout.pair(key);
      run.now(key)
          .ifPresentOrElse(
              pair -> steps.add(Op.put(place, pair.encode())),
              () -> {
                steps.add(Op.delete(place));
                marks.addAll(Marks.ofRemoved(key));
              });
    }
    for (String key : run.locked()) {
      run.now(key)
          .ifPresent(pair -> steps.add(Op.put(Layout.held(pair.session(), key), Bytes.EMPTY)));
    }
    for (String key : run.unlocked()) {
      Pair before = basis.pairs().get(Layout.pair(key));
      if (before != null && before.isLocked()) {
        steps.add(Op.delete(Layout.held(before.session(), key)));
      }
    }
  }

  private Txn txn() {
    boolean room = steps.size() + marks.size() <= KvRules.MAX_STEPS;
    steps.addAll(Marks.touch(room ? marks : Marks.ofAnything()));
    if (steps.size() > KvRules.MAX_STEPS || compares.size() > KvRules.MAX_COMPARES) {
      throw ConsulException.tooLarge(
          "Transaction touches too much: it comes to "
              + steps.size()
              + " writes and "
              + compares.size()
              + " conditions of the store, at most "
              + KvRules.MAX_STEPS
              + " of each are taken");
    }
    return new Txn(List.copyOf(compares), steps, List.of(), Optional.empty(), "");
  }
}
