package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Function;

/**
 * What stands in the log, and what is answered, as bytes. The first byte of each is the version of
 * its format. Reading an answer throws the {@link Failure} that it carries, if any; one that makes
 * no sense is {@code INTERNAL}.
 */
final class Codec {
  private static final int VERSION = 2;

  private static final int TRANSACT = 1;
  private static final int GRANT = 2;
  private static final int REVOKE = 3;

  /** Of earlier versions, without the term. */
  private static final int EXPIRE_IN_ANY_TERM = 4;

  private static final int COMPACT = 5;
  private static final int BEGIN_RESTORE = 6;
  private static final int RESTORE = 7;
  private static final int END_RESTORE = 8;
  private static final int CANCEL_RESTORE = 9;
  private static final int EXPIRE = 10;

  private static final int KEEP_ALIVE = 1;
  private static final int TIME_TO_LIVE = 2;

  private static final int EACH = 0;
  private static final int REFUSED = 1;

  private Codec() {}

  /** {@code INVALID} if transactions are nested too deep. */
  static byte[] encode(Command command) {
    Encoder out = new Encoder(128);
    out.octet(VERSION);
    try {
      write(out, command);
    } catch (MalformedException e) {
      throw Failure.invalid("", String.valueOf(e.getMessage()));
    }
    return out.toArray();
  }

  private static void write(Encoder out, Command command) {
    if (command instanceof Command.Transact transact) {
      out.octet(TRANSACT);
      TxnCodec.write(out, transact.txn());
    } else if (command instanceof Command.Grant grant) {
      out.octet(GRANT);
      out.number(grant.id());
      out.number(grant.ttlMs());
    } else if (command instanceof Command.Revoke revoke) {
      out.octet(REVOKE);
      out.number(revoke.id());
    } else if (command instanceof Command.Expire expire) {
      out.octet(EXPIRE);
      out.number(expire.id());
      out.number(expire.generation());
      out.number(expire.term());
    } else if (command instanceof Command.Compact compact) {
      out.octet(COMPACT);
      out.number(compact.revision());
    } else {
      writeRestoring(out, command);
    }
  }

  private static void writeRestoring(Encoder out, Command command) {
    if (command instanceof Command.BeginRestore begin) {
      out.octet(BEGIN_RESTORE);
      out.fixed(begin.id());
    } else if (command instanceof Command.Restore restore) {
      out.octet(RESTORE);
      write(out, restore);
    } else if (command instanceof Command.EndRestore end) {
      out.octet(END_RESTORE);
      out.fixed(end.id());
      out.number(end.revision());
      out.number(end.entries());
      out.flag(end.force());
    } else if (command instanceof Command.CancelRestore cancel) {
      out.octet(CANCEL_RESTORE);
      out.fixed(cancel.id());
    }
  }

  private static void write(Encoder out, Command.Restore restore) {
    out.fixed(restore.id());
    out.number(restore.kept().size());
    restore.kept().forEach(kept -> ImageCodec.write(out, kept));
    out.number(restore.entries().size());
    restore.entries().forEach(out::entry);
    out.number(restore.leases().size());
    restore.leases().forEach(lease -> write(out, lease));
    out.number(restore.fences().size());
    restore.fences().forEach(fence -> write(out, fence));
  }

  static void write(Encoder out, Fences.Saved fence) {
    out.text(fence.lock());
    out.number(fence.token());
    out.number(fence.lease());
  }

  private static Fences.Saved fence(Decoder in) {
    return new Fences.Saved(in.text(), in.natural(), in.number());
  }

  static void write(Encoder out, LeaseTerm lease) {
    out.number(lease.id());
    out.number(lease.ttlMs());
    out.number(lease.generation());
  }

  private static LeaseTerm lease(Decoder in) {
    return new LeaseTerm(in.number(), in.natural(), in.natural());
  }

  private static KeptAnswers.Kept kept(Decoder in) {
    return new KeptAnswers.Kept(in.text(), in.fixed(), in.array());
  }

  /** Throws {@link MalformedException} unless it was written by {@link #encode}. */
  static Command command(ByteBuffer bytes) {
    Decoder in = new Decoder(bytes);
    in.version(VERSION, "command");
    Command command = command(in);
    in.end();
    return command;
  }

  private static Command command(Decoder in) {
    int tag = in.octet();
    return switch (tag) {
      case TRANSACT -> new Command.Transact(TxnCodec.read(in));
      case GRANT -> new Command.Grant(in.number(), in.natural());
      case REVOKE -> new Command.Revoke(in.number());
      case EXPIRE_IN_ANY_TERM ->
          new Command.Expire(in.number(), in.natural(), Command.Expire.ANY_TERM);
      case EXPIRE -> new Command.Expire(in.number(), in.natural(), in.natural());
      case COMPACT -> new Command.Compact(in.natural());
      case BEGIN_RESTORE -> new Command.BeginRestore(in.fixed());
      case RESTORE ->
          new Command.Restore(
              in.fixed(),
              in.list(() -> kept(in)),
              in.list(in::entry),
              in.list(() -> lease(in)),
              in.list(() -> fence(in)));
      case END_RESTORE -> new Command.EndRestore(in.fixed(), in.natural(), in.natural(), in.flag());
      case CANCEL_RESTORE -> new Command.CancelRestore(in.fixed());
      default -> throw new MalformedException("command " + tag + " is not known");
    };
  }

  /**
   * A log entry: commands that are applied one after another, all of them once.
   *
   * @param sequence tells the batches of a proposer from each other; at least 1
   * @param acknowledged the proposer will never send again what has a sequence up to this
   */
  static byte[] batch(long proposer, long sequence, long acknowledged, List<byte[]> commands) {
    Encoder out = new Encoder(32 + commands.stream().mapToInt(one -> one.length + 5).sum());
    out.octet(VERSION);
    out.fixed(proposer);
    out.number(sequence);
    out.number(acknowledged);
    out.number(commands.size());
    commands.forEach(out::bytes);
    return out.toArray();
  }

  /** Throws {@link MalformedException} unless it was written by {@link #batch}. */
  static Batch batch(ByteBuffer entry) {
    Decoder in = new Decoder(entry);
    in.version(VERSION, "batch");
    Batch batch = new Batch(in.fixed(), in.natural(), in.natural(), in.list(in::view));
    in.end();
    return batch;
  }

  /** The answers to the commands of a batch, in their order. */
  static byte[] result(List<byte[]> answers) {
    Encoder out = new Encoder(8 + answers.stream().mapToInt(one -> one.length + 3).sum());
    out.octet(VERSION);
    out.octet(EACH);
    out.number(answers.size());
    answers.forEach(out::bytes);
    return out.toArray();
  }

  /** One refusal for all commands of a batch. */
  static byte[] refusedBatch(Failure failure) {
    Encoder out = new Encoder(128);
    out.octet(VERSION);
    out.octet(REFUSED);
    out.raw(ResultCodec.refusal(failure));
    return out.toArray();
  }

  /**
   * The answers to the commands of a batch, in their order; throws the failure if the batch was
   * refused as a whole.
   */
  static List<ByteBuffer> answers(byte[] result) {
    return read(
        ByteBuffer.wrap(result),
        in -> {
          in.version(VERSION, "result");
          if (in.octet() == REFUSED) {
            throw new MalformedException("refused, yet done: " + ResultCodec.readRevision(in));
          }
          return in.list(in::view);
        });
  }

  static TxnResult txn(ByteBuffer answer) {
    return read(answer, ResultCodec::readTxn);
  }

  /** What all commands but transactions answer: the revision of the store after them. */
  static long revision(ByteBuffer answer) {
    return read(answer, ResultCodec::readRevision);
  }

  static byte[] encode(Question question) {
    Encoder out = new Encoder(16);
    out.octet(VERSION);
    out.octet(question instanceof Question.KeepAlive ? KEEP_ALIVE : TIME_TO_LIVE);
    out.number(question.id());
    return out.toArray();
  }

  /** Throws {@link MalformedException} unless it was written by {@link #encode}. */
  static Question question(ByteBuffer bytes) {
    Decoder in = new Decoder(bytes);
    in.version(VERSION, "question");
    int tag = in.octet();
    long id = in.number();
    in.end();
    return switch (tag) {
      case KEEP_ALIVE -> new Question.KeepAlive(id);
      case TIME_TO_LIVE -> new Question.TimeToLive(id);
      default -> throw new MalformedException("question " + tag + " is not known");
    };
  }

  /** What the leader answered to either question. */
  static LeaseTime leaseTime(byte[] answer) {
    return read(ByteBuffer.wrap(answer), ResultCodec::readLeaseTime);
  }

  private static <T> T read(ByteBuffer bytes, Function<Decoder, T> reading) {
    try {
      return reading.apply(new Decoder(bytes));
    } catch (MalformedException e) {
      throw new Failure(FailureCode.INTERNAL, "an answer makes no sense: " + e.getMessage());
    }
  }
}
