package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.kv.spill.ValueFaultException;
import io.vertebra.kv.spill.ValueFolder;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The store's data as an engine drives it: each entry of the log is a batch of commands that is
 * applied once, however often it comes.
 */
final class KvReplica implements Replica {
  private static final Logger log = LoggerFactory.getLogger(KvReplica.class);

  private final Optional<ValueFolder> folder;
  private final KvState state;
  private final WatchHub watches;
  private final LeaseClock leases;
  private final Leadership leadership = new Leadership();

  /** Held while the state changes, so that another thread can take an image between changes. */
  private final Object changing = new Object();

  /** The main store's, empty, with all values in memory. */
  KvReplica(LongSupplier nanoTime) {
    this(nanoTime, KvGroup.inMemory());
  }

  /** Empty, with all values in memory. */
  KvReplica(LongSupplier nanoTime, KvGroup group) {
    this(nanoTime, group, Optional.empty(), Values::inMemory);
  }

  /**
   * Empty.
   *
   * @param spillBytes least length of a value that is kept in a file
   */
  KvReplica(LongSupplier nanoTime, KvGroup group, ValueFolder folder, int spillBytes) {
    this(nanoTime, group, Optional.of(folder), Values.in(folder, spillBytes));
  }

  private KvReplica(
      LongSupplier nanoTime, KvGroup group, Optional<ValueFolder> folder, Supplier<Values> values) {
    this.folder = folder;
    this.state = new KvState(group, values);
    this.watches = new WatchHub(state);
    this.leases = new LeaseClock(nanoTime);
  }

  KvState state() {
    return state;
  }

  WatchHub watches() {
    return watches;
  }

  LeaseClock leases() {
    return leases;
  }

  Leadership leadership() {
    return leadership;
  }

  @Override
  public byte[] apply(long term, ByteBuffer entry) {
    Batch batch;
    try {
      batch = Codec.batch(entry);
    } catch (MalformedException e) {
      return Codec.refusedBatch(Failure.invalid("", "the batch makes no sense: " + e.getMessage()));
    }
    synchronized (changing) {
      return apply(term, batch);
    }
  }

  private byte[] apply(long term, Batch batch) {
    Sessions sessions = state.sessions();
    sessions.acknowledge(batch.proposer(), batch.acknowledged());
    byte[] known = sessions.find(batch.proposer(), batch.sequence());
    if (known != null) {
      return known;
    }
    if (sessions.isForgotten(batch.proposer(), batch.sequence())) {
      byte[] refusal =
          ResultCodec.refusal(
              new Failure(FailureCode.TIMEOUT, "it was applied before; its answer is forgotten"));
      return Codec.result(batch.commands().stream().map(command -> refusal).toList());
    }
    List<byte[]> answers = new ArrayList<>(batch.commands().size());
    for (ByteBuffer command : batch.commands()) {
      answers.add(apply(term, command, batch));
    }
    byte[] result = Codec.result(answers);
    sessions.keep(batch.proposer(), batch.sequence(), result);
    boolean unused = state.trim();
    return result;
  }

  /** Takes back some memory while nothing is applied; whether there may be more. For any thread. */
  boolean trim() {
    synchronized (changing) {
      return fault().isEmpty() && state.trim();
    }
  }

  private byte[] apply(long term, ByteBuffer bytes, Batch batch) {
    try {
      return apply(term, Codec.command(bytes));
    } catch (MalformedException e) {
      return ResultCodec.refusal(
          Failure.invalid("", "the command makes no sense: " + e.getMessage()));
    } catch (ValueFaultException e) {
      throw e;
    } catch (RuntimeException e) {
      log.error("kv.apply failed proposer={} sequence={}", batch.proposer(), batch.sequence(), e);
      return ResultCodec.refusal(new Failure(FailureCode.INTERNAL, "unexpected failure"));
    }
  }

  private byte[] apply(long term, Command command) {
    if (command instanceof Command.Expire expire && !isOf(term, expire)) {
      return ResultCodec.refusal(
          new Failure(FailureCode.STALE, "a leader of another term found the lease over"));
    }
    Versions before = state.versions();
    long revision = before.revision();
    long from = before.history().end();
    byte[] answer = state.apply(command);
    if (state.versions() != before) {
      watches.replaced(revision);
      timeAllLeases();
    } else if (before.revision() != revision) {
      watches.publish(from);
    }
    timeLeases(command);
    return answer;
  }

  private static boolean isOf(long term, Command.Expire expire) {
    return expire.term() == term || expire.term() == Command.Expire.ANY_TERM;
  }

  private void timeLeases(Command command) {
    if (command instanceof Command.Transact transact) {
      timeLeases(transact.txn().then());
      timeLeases(transact.txn().otherwise());
    } else if (command instanceof Command.Grant grant) {
      timeLease(grant.id());
    } else if (command instanceof Command.Revoke revoke) {
      timeLease(revoke.id());
    } else if (command instanceof Command.Expire expire) {
      timeLease(expire.id());
    }
  }

  private void timeLeases(List<Op> steps) {
    for (Op step : steps) {
      if (step instanceof Op.Grant grant) {
        timeLease(grant.id());
      } else if (step instanceof Op.Revoke revoke) {
        timeLease(revoke.id());
      } else if (step instanceof Op.Choice choice) {
        timeLeases(choice.then());
        timeLeases(choice.otherwise());
      }
    }
  }

  private void timeLease(long id) {
    state.lease(id).ifPresentOrElse(lease -> leases.granted(lease.term()), () -> leases.ended(id));
  }

  private void timeAllLeases() {
    leases.begin(state.leases().all());
  }

  @Override
  public byte[] answer(ByteBuffer question) {
    try {
      Question asked = Codec.question(question);
      return ResultCodec.leaseTime(leaseTime(asked));
    } catch (MalformedException e) {
      return ResultCodec.refusal(
          Failure.invalid("", "the question makes no sense: " + e.getMessage()));
    } catch (Failure refusal) {
      return ResultCodec.refusal(refusal);
    }
  }

  private LeaseTime leaseTime(Question question) {
    OptionalLong remaining =
        question instanceof Question.KeepAlive
            ? leases.keepAlive(question.id())
            : leases.remaining(question.id());
    if (!leases.leads()) {
      throw new Failure(FailureCode.UNAVAILABLE, "this member does not lead");
    }
    Supplier<Failure> notFound = () -> Leases.notFound(question.id());
    LeaseTerm term = state.lease(question.id()).orElseThrow(notFound).term();
    return new LeaseTime(term.ttlMs(), remaining.orElseThrow(notFound));
  }

  @Override
  public Image image() {
    synchronized (changing) {
      return state.image();
    }
  }

  /** The state as it is now, as a backup; for any thread. */
  StateImage backup() {
    synchronized (changing) {
      return state.backup();
    }
  }

  @Override
  public void load(InputStream image) throws IOException {
    synchronized (changing) {
      long before = state.revision();
      state.load(image);
      watches.replaced(before);
      timeAllLeases();
    }
  }

  @Override
  public Optional<String> fault() {
    return folder.flatMap(ValueFolder::fault);
  }

  @Override
  public void reset() {
    synchronized (changing) {
      folder.ifPresent(ValueFolder::recover);
      long before = state.revision();
      state.reset();
      watches.replaced(before);
      timeAllLeases();
    }
  }

  @Override
  public void leading(long term) {
    if (term == 0) {
      leases.stopped();
    } else {
      leases.leading(term, state.leases().all());
    }
    leadership.change(term != 0);
  }
}
