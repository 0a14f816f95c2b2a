package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Violation;
import java.util.List;
import java.util.Optional;

/** Answers to commands as bytes: the version, the kind, then what the kind asks for. */
final class ResultCodec {
  private static final int VERSION = 2;

  private static final int REFUSED = 0;
  private static final int TXN = 1;
  private static final int REVISION = 2;
  private static final int LEASE_TIME = 3;

  /** Where the flags of a transaction's answer are. */
  private static final int FLAGS = 2;

  private static final int SUCCEEDED = 1;
  private static final int REPLAYED = 2;

  private static final int PUT = 0;
  private static final int DELETE = 1;
  private static final int GET = 2;
  private static final int CHOICE = 3;
  private static final int OVERTAKE = 4;
  private static final int APPEND = 5;
  private static final int GRANT = 6;
  private static final int REVOKE = 7;
  private static final int ADD = 8;

  private ResultCodec() {}

  static byte[] refusal(Failure failure) {
    Encoder out = begin(REFUSED, 128);
    out.text(failure.code().name());
    out.text(String.valueOf(failure.getMessage()));
    out.number(failure.violations().size());
    for (Violation violation : failure.violations()) {
      out.text(violation.pointer());
      out.text(violation.detail());
    }
    return out.toArray();
  }

  static byte[] revision(long revision) {
    Encoder out = begin(REVISION, 16);
    out.number(revision);
    return out.toArray();
  }

  static byte[] leaseTime(LeaseTime time) {
    Encoder out = begin(LEASE_TIME, 24);
    out.number(time.ttlMs());
    out.number(time.remainingMs());
    return out.toArray();
  }

  static byte[] txn(TxnResult result) {
    Encoder out = begin(TXN, 32);
    out.octet((result.succeeded() ? SUCCEEDED : 0) | (result.replayed() ? REPLAYED : 0));
    out.number(result.revision());
    results(out, result.results());
    return out.toArray();
  }

  /** The answer of a transaction given once more. */
  static byte[] replayed(byte[] txn) {
    byte[] again = txn.clone();
    again[FLAGS] |= REPLAYED;
    return again;
  }

  /** Throws the failure if it is a refusal. */
  static long readRevision(Decoder in) {
    expect(in, REVISION);
    return in.natural();
  }

  /** Throws the failure if it is a refusal. */
  static LeaseTime readLeaseTime(Decoder in) {
    expect(in, LEASE_TIME);
    return new LeaseTime(in.natural(), in.natural());
  }

  /** Throws the failure if it is a refusal. */
  static TxnResult readTxn(Decoder in) {
    expect(in, TXN);
    int flags = (int) in.upTo(SUCCEEDED | REPLAYED);
    long revision = in.natural();
    List<OpResult> results = in.list(() -> result(in, 1));
    return new TxnResult(revision, (flags & SUCCEEDED) != 0, results, (flags & REPLAYED) != 0);
  }

  private static Encoder begin(int kind, int expected) {
    Encoder out = new Encoder(expected);
    out.octet(VERSION);
    out.octet(kind);
    return out;
  }

  private static void expect(Decoder in, int expected) {
    in.version(VERSION, "answer");
    int kind = in.octet();
    if (kind == REFUSED) {
      throw readRefusal(in);
    }
    if (kind != expected) {
      throw new MalformedException("an answer of kind " + kind + " was not asked for");
    }
  }

  private static Failure readRefusal(Decoder in) {
    FailureCode code = code(in.text());
    String message = in.text();
    List<Violation> violations = in.list(() -> new Violation(in.text(), in.text()));
    return violations.isEmpty() ? new Failure(code, message) : Failure.invalid(violations);
  }

  private static FailureCode code(String name) {
    for (FailureCode code : FailureCode.values()) {
      if (code.name().equals(name)) {
        return code;
      }
    }
    return FailureCode.INTERNAL;
  }

  private static void results(Encoder out, List<OpResult> results) {
    out.number(results.size());
    for (OpResult result : results) {
      result(out, result);
    }
  }

  private static void result(Encoder out, OpResult result) {
    if (result instanceof OpResult.Put put) {
      out.octet(PUT);
      out.flag(put.previous().isPresent());
      put.previous().ifPresent(out::entry);
    } else if (result instanceof OpResult.Delete delete) {
      out.octet(DELETE);
      out.number(delete.deleted());
      entries(out, delete.previous());
    } else if (result instanceof OpResult.Get get) {
      out.octet(GET);
      out.number(get.result().revision());
      entries(out, get.result().entries());
      out.flag(get.result().more());
      out.number(get.result().count());
    } else if (result instanceof OpResult.Choice choice) {
      out.octet(CHOICE);
      out.flag(choice.succeeded());
      results(out, choice.results());
    } else if (result instanceof OpResult.Overtake overtake) {
      out.octet(OVERTAKE);
      out.number(overtake.token());
    } else if (result instanceof OpResult.Append append) {
      out.octet(APPEND);
      out.bytes(append.key());
    } else if (result instanceof OpResult.Grant) {
      out.octet(GRANT);
    } else if (result instanceof OpResult.Revoke revoke) {
      out.octet(REVOKE);
      out.flag(revoke.ended());
    } else if (result instanceof OpResult.Add add) {
      out.octet(ADD);
      out.number(add.value());
    }
  }

  private static OpResult result(Decoder in, int depth) {
    if (depth > TxnCodec.MAX_DEPTH) {
      throw new MalformedException("an answer is nested too deep");
    }
    int tag = in.octet();
    return switch (tag) {
      case PUT -> new OpResult.Put(in.flag() ? Optional.of(in.entry()) : Optional.empty());
      case DELETE -> new OpResult.Delete(in.natural(), in.list(in::entry));
      case GET ->
          new OpResult.Get(
              new RangeResult(in.natural(), in.list(in::entry), in.flag(), in.natural()));
      case CHOICE -> new OpResult.Choice(in.flag(), in.list(() -> result(in, depth + 1)));
      case OVERTAKE -> new OpResult.Overtake(in.natural());
      case APPEND -> new OpResult.Append(in.bytes());
      case GRANT -> new OpResult.Grant();
      case REVOKE -> new OpResult.Revoke(in.flag());
      case ADD -> new OpResult.Add(in.number());
      default -> throw new MalformedException("result " + tag + " is not known");
    };
  }

  private static void entries(Encoder out, List<KvEntry> entries) {
    out.number(entries.size());
    entries.forEach(out::entry);
  }
}
