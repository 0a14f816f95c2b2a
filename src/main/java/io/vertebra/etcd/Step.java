package io.vertebra.etcd;

import io.vertebra.kv.Op;

/** A {@code RequestOp} of etcd. */
sealed interface Step {

  /** What it is to the store. */
  Op op();

  record Put(Op.Put op) implements Step {

    /** A {@code PutRequest}. */
    static Put from(Message message) {
      Op.Put op =
          new Op.Put(
              message.key(),
              message.bytes("value"),
              message.number("lease"),
              message.flag("prev_kv"),
              message.flag("ignore_value"),
              message.flag("ignore_lease"));
      if (op.keepValue() && !op.value().isEmpty()) {
        throw EtcdException.invalid("etcdserver: value is provided");
      }
      if (op.keepLease() && op.lease() != 0) {
        throw EtcdException.invalid("etcdserver: lease is provided");
      }
      return new Put(op);
    }
  }

  record Delete(Op.Delete op) implements Step {

    /** A {@code DeleteRangeRequest}. */
    static Delete from(Message message) {
      return new Delete(new Op.Delete(Keys.of(message), message.flag("prev_kv")));
    }
  }

  record Range(RangeQuery query) implements Step {
    @Override
    public Op op() {
      return new Op.Get(query.request());
    }
  }

  record Nested(TxnQuery query) implements Step {
    @Override
    public Op op() {
      return query.choice();
    }
  }

  /**
   * One of these.
   *
   * @param budget of the steps within
   */
  static Step from(Message message, TxnQuery.Budget budget) {
    if (message.has("request_range")) {
      return new Range(RangeQuery.from(message.message("request_range")));
    }
    if (message.has("request_put")) {
      return Put.from(message.message("request_put"));
    }
    if (message.has("request_delete_range")) {
      return Delete.from(message.message("request_delete_range"));
    }
    if (message.has("request_txn")) {
      return new Nested(TxnQuery.from(message.message("request_txn"), budget));
    }
    throw EtcdException.keyNotFound();
  }
}
