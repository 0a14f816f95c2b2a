package io.vertebra.etcd;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.Compare;
import io.vertebra.kv.Op;
import io.vertebra.kv.Txn;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A {@code TxnRequest} of etcd. */
record TxnQuery(List<Compare> compares, List<Step> then, List<Step> otherwise) {
  private static final int WIDTH = 128;
  private static final int TOTAL = 1024;

  /** What may be compared, in the order of the protocol's numbers. */
  private enum Target {
    VERSION,
    CREATE,
    MOD,
    VALUE,
    LEASE
  }

  /**
   * How many steps a transaction may have.
   *
   * @param width what is left to one list of steps; those within have less
   * @param total what is left to all together
   */
  static final class Budget {
    private final int width;
    private final int[] total;

    private Budget(int width, int[] total) {
      this.width = width;
      this.total = total;
    }

    private Budget within(int compares, int then, int otherwise) {
      int widest = Math.max(compares, Math.max(then, otherwise));
      total[0] -= compares + then + otherwise;
      if (widest > width || total[0] < 0) {
        throw EtcdException.invalid("etcdserver: too many operations in txn request");
      }
      return new Budget(width - widest, total);
    }
  }

  /** The transaction of a message, which must not write a key twice. */
  static TxnQuery from(Message message) {
    TxnQuery query = from(message, new Budget(WIDTH, new int[] {TOTAL}));
    DuplicateKeys.refuse(query.then());
    DuplicateKeys.refuse(query.otherwise());
    return query;
  }

  static TxnQuery from(Message message, Budget budget) {
    List<Message> compares = message.messages("compare");
    List<Message> then = message.messages("success");
    List<Message> otherwise = message.messages("failure");
    Budget within = budget.within(compares.size(), then.size(), otherwise.size());
    return new TxnQuery(
        compares.stream().map(TxnQuery::compare).toList(),
        then.stream().map(each -> Step.from(each, within)).toList(),
        otherwise.stream().map(each -> Step.from(each, within)).toList());
  }

  Txn toTxn() {
    return new Txn(compares, ops(then), ops(otherwise), Optional.empty(), "");
  }

  Op choice() {
    return new Op.Choice(compares, ops(then), ops(otherwise));
  }

  /** The latest revision that something within reads; 0 if only the present is read. */
  long latestRevision() {
    List<Long> revisions = new ArrayList<>(List.of(0L));
    visit(
        step -> {
          if (step instanceof Step.Range range) {
            revisions.add(range.query().revision());
          }
        });
    return Collections.max(revisions);
  }

  private void visit(Consumer<Step> visitor) {
    for (List<Step> steps : List.of(then, otherwise)) {
      for (Step step : steps) {
        visitor.accept(step);
        if (step instanceof Step.Nested nested) {
          nested.query().visit(visitor);
        }
      }
    }
  }

  private static List<Op> ops(List<Step> steps) {
    return steps.stream().map(Step::op).toList();
  }

  private static Compare compare(Message message) {
    Compare.Relation relation =
        message.choice("result", Compare.Relation.class, "Compare_CompareResult");
    Target target = message.choice("target", Target.class, "Compare_CompareTarget");
    return switch (target) {
      case VERSION -> number(message, Compare.Target.VERSION, relation, "version");
      case CREATE -> number(message, Compare.Target.CREATE_REVISION, relation, "create_revision");
      case MOD -> number(message, Compare.Target.MOD_REVISION, relation, "mod_revision");
      case LEASE -> number(message, Compare.Target.LEASE, relation, "lease");
      case VALUE ->
          new Compare(Keys.of(message), Compare.Target.VALUE, relation, 0, message.bytes("value"));
    };
  }

  private static Compare number(
      Message message, Compare.Target target, Compare.Relation relation, String field) {
    return new Compare(Keys.of(message), target, relation, message.number(field), Bytes.EMPTY);
  }
}
