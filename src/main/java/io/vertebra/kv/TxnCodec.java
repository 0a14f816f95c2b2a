package io.vertebra.kv;

import java.util.List;
import java.util.Optional;

/** Transactions as bytes. */
final class TxnCodec {
  /** Most transactions within each other, so that no bytes can exhaust the stack. */
  static final int MAX_DEPTH = 32;

  /** Written as their places here, which therefore stay as they are. */
  private static final List<Compare.Target> TARGETS =
      List.of(
          Compare.Target.VERSION,
          Compare.Target.CREATE_REVISION,
          Compare.Target.MOD_REVISION,
          Compare.Target.VALUE,
          Compare.Target.LEASE);

  private static final List<Compare.Relation> RELATIONS =
      List.of(
          Compare.Relation.EQUAL,
          Compare.Relation.GREATER,
          Compare.Relation.LESS,
          Compare.Relation.NOT_EQUAL);

  private static final int PUT = 0;
  private static final int DELETE = 1;
  private static final int GET = 2;
  private static final int CHOICE = 3;
  private static final int OVERTAKE = 4;
  private static final int APPEND = 5;
  private static final int GRANT = 6;
  private static final int REVOKE = 7;
  private static final int ADD = 8;

  private static final int PREVIOUS = 1;
  private static final int KEEP_VALUE = 2;
  private static final int KEEP_LEASE = 4;

  private static final int KEYS_ONLY = 1;
  private static final int COUNT_TOTAL = 2;
  private static final int COUNT_ONLY = 4;
  private static final int SERIALIZABLE = 8;

  private TxnCodec() {}

  static void write(Encoder out, Txn txn) {
    out.text(txn.idempotencyKey());
    out.flag(txn.fence().isPresent());
    txn.fence().ifPresent(fence -> write(out, fence));
    compares(out, txn.compares());
    ops(out, txn.then(), 1);
    ops(out, txn.otherwise(), 1);
  }

  static Txn read(Decoder in) {
    String key = in.text();
    Optional<Fence> fence = in.flag() ? Optional.of(fence(in)) : Optional.empty();
    return new Txn(in.list(() -> compare(in)), ops(in, 1), ops(in, 1), fence, key);
  }

  static void write(Encoder out, Fence fence) {
    out.text(fence.lock());
    out.number(fence.token());
  }

  static Fence fence(Decoder in) {
    return new Fence(in.text(), in.natural());
  }

  private static void compares(Encoder out, List<Compare> compares) {
    out.number(compares.size());
    for (Compare compare : compares) {
      range(out, compare.range());
      out.number(TARGETS.indexOf(compare.target()));
      out.number(RELATIONS.indexOf(compare.relation()));
      out.number(compare.number());
      out.bytes(compare.value());
    }
  }

  private static Compare compare(Decoder in) {
    return new Compare(range(in), in.one(TARGETS), in.one(RELATIONS), in.number(), in.bytes());
  }

  private static void range(Encoder out, KeyRange range) {
    out.bytes(range.from());
    out.bytes(range.to());
  }

  private static KeyRange range(Decoder in) {
    return new KeyRange(in.bytes(), in.bytes());
  }

  private static void ops(Encoder out, List<Op> ops, int depth) {
    depthWithin(depth);
    out.number(ops.size());
    for (Op op : ops) {
      op(out, op, depth);
    }
  }

  private static List<Op> ops(Decoder in, int depth) {
    depthWithin(depth);
    return in.list(() -> op(in, depth));
  }

  private static void depthWithin(int depth) {
    if (depth > MAX_DEPTH) {
      throw new MalformedException("transactions are nested more than " + MAX_DEPTH + " deep");
    }
  }

  private static void op(Encoder out, Op op, int depth) {
    if (op instanceof Op.Put put) {
      out.octet(PUT);
      out.bytes(put.key());
      out.bytes(put.value());
      out.number(put.lease());
      out.octet(
          bit(put.previous(), PREVIOUS)
              | bit(put.keepValue(), KEEP_VALUE)
              | bit(put.keepLease(), KEEP_LEASE));
    } else if (op instanceof Op.Delete delete) {
      out.octet(DELETE);
      range(out, delete.range());
      out.flag(delete.previous());
    } else if (op instanceof Op.Get get) {
      out.octet(GET);
      request(out, get.request());
    } else if (op instanceof Op.Choice choice) {
      out.octet(CHOICE);
      compares(out, choice.compares());
      ops(out, choice.then(), depth + 1);
      ops(out, choice.otherwise(), depth + 1);
    } else if (op instanceof Op.Overtake overtake) {
      out.octet(OVERTAKE);
      out.text(overtake.lock());
      out.number(overtake.lease());
    } else if (op instanceof Op.Append append) {
      out.octet(APPEND);
      out.bytes(append.prefix());
      out.bytes(append.value());
      out.number(append.lease());
    } else if (op instanceof Op.Grant grant) {
      out.octet(GRANT);
      out.number(grant.id());
      out.number(grant.ttlMs());
    } else if (op instanceof Op.Revoke revoke) {
      out.octet(REVOKE);
      out.number(revoke.id());
    } else if (op instanceof Op.Add add) {
      out.octet(ADD);
      out.bytes(add.key());
      out.number(add.step());
      out.number(add.floor());
      out.number(add.ceiling());
    }
  }

  private static Op op(Decoder in, int depth) {
    int tag = in.octet();
    return switch (tag) {
      case PUT -> put(in);
      case DELETE -> new Op.Delete(range(in), in.flag());
      case GET -> new Op.Get(request(in));
      case CHOICE ->
          new Op.Choice(in.list(() -> compare(in)), ops(in, depth + 1), ops(in, depth + 1));
      case OVERTAKE -> new Op.Overtake(in.text(), in.number());
      case APPEND -> new Op.Append(in.bytes(), in.bytes(), in.number());
      case GRANT -> new Op.Grant(in.number(), in.natural());
      case REVOKE -> new Op.Revoke(in.number());
      case ADD -> new Op.Add(in.bytes(), in.number(), in.number(), in.number());
      default -> throw new MalformedException("step " + tag + " is not known");
    };
  }

  private static Op.Put put(Decoder in) {
    Bytes key = in.bytes();
    Bytes value = in.bytes();
    long lease = in.number();
    int flags = (int) in.upTo(PREVIOUS | KEEP_VALUE | KEEP_LEASE);
    return new Op.Put(
        key,
        value,
        lease,
        (flags & PREVIOUS) != 0,
        (flags & KEEP_VALUE) != 0,
        (flags & KEEP_LEASE) != 0);
  }

  private static void request(Encoder out, RangeRequest request) {
    range(out, request.range());
    out.number(request.limit());
    out.number(request.revision());
    out.octet(
        bit(request.keysOnly(), KEYS_ONLY)
            | bit(request.countTotal(), COUNT_TOTAL)
            | bit(request.countOnly(), COUNT_ONLY)
            | bit(request.serializable(), SERIALIZABLE));
  }

  private static RangeRequest request(Decoder in) {
    KeyRange range = range(in);
    int limit = (int) in.upTo(Integer.MAX_VALUE);
    long revision = in.natural();
    int flags = (int) in.upTo(KEYS_ONLY | COUNT_TOTAL | COUNT_ONLY | SERIALIZABLE);
    return new RangeRequest(
        range,
        limit,
        revision,
        (flags & KEYS_ONLY) != 0,
        (flags & COUNT_TOTAL) != 0,
        (flags & COUNT_ONLY) != 0,
        (flags & SERIALIZABLE) != 0);
  }

  private static int bit(boolean set, int bit) {
    return set ? bit : 0;
  }
}
