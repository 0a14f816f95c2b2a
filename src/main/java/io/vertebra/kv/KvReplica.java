package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
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

  private final KvState state = new KvState();
  private final WatchHub watches = new WatchHub(state);
  private final LeaseClock leases;

  /** Empty. */
  KvReplica(LongSupplier nanoTime) {
    leases = new LeaseClock(nanoTime);
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

  @Override
  public byte[] apply(ByteBuffer entry) {
    Batch batch;
    try {
      batch = Codec.batch(entry);
    } catch (MalformedException e) {
      return Codec.refusedBatch(Failure.invalid("", "the batch makes no sense: " + e.getMessage()));
    }
    return apply(batch);
  }

  private byte[] apply(Batch batch) {
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
      answers.add(apply(command, batch));
    }
    byte[] result = Codec.result(answers);
    sessions.keep(batch.proposer(), batch.sequence(), result);
    state.trim();
    return result;
  }

  private byte[] apply(ByteBuffer bytes, Batch batch) {
    try {
      return apply(Codec.command(bytes));
    } catch (MalformedException e) {
      return ResultCodec.refusal(
          Failure.invalid("", "the command makes no sense: " + e.getMessage()));
    } catch (RuntimeException e) {
      log.error("kv.apply failed proposer={} sequence={}", batch.proposer(), batch.sequence(), e);
      return ResultCodec.refusal(new Failure(FailureCode.INTERNAL, "unexpected failure"));
    }
  }

  private byte[] apply(Command command) {
    Versions before = state.versions();
    long revision = before.revision();
    long from = before.history().end();
    Optional<LeaseTerm> ending = leaseEndedBy(command);
    byte[] answer = state.apply(command);
    if (state.versions() != before || before.revision() != revision) {
      tell(command, from, revision);
    }
    timeLeases(command, ending);
    return answer;
  }

  private void tell(Command command, long from, long before) {
    if (command instanceof Command.BeginRestore || command instanceof Command.EndRestore) {
      watches.replaced(before);
    } else {
      watches.publish(from);
    }
  }

  private Optional<LeaseTerm> leaseEndedBy(Command command) {
    if (command instanceof Command.Revoke revoke) {
      return state.lease(revoke.id()).map(HeldLease::term);
    }
    if (command instanceof Command.Expire expire) {
      return state.lease(expire.id()).map(HeldLease::term);
    }
    return Optional.empty();
  }

  private void timeLeases(Command command, Optional<LeaseTerm> ending) {
    ending
        .filter(term -> state.lease(term.id()).isEmpty())
        .ifPresent(term -> leases.ended(term.id()));
    if (command instanceof Command.Grant grant) {
      state.lease(grant.id()).ifPresent(lease -> leases.granted(lease.term()));
    } else if (command instanceof Command.BeginRestore || command instanceof Command.EndRestore) {
      timeAllLeases();
    }
  }

  private void timeAllLeases() {
    if (leases.leads()) {
      leases.leading(state.leases().all());
    }
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
    return state.image();
  }

  @Override
  public void load(InputStream image) throws IOException {
    long before = state.revision();
    state.load(image);
    watches.replaced(before);
    timeAllLeases();
  }

  @Override
  public void leading(boolean leads) {
    if (leads) {
      leases.leading(state.leases().all());
    } else {
      leases.stopped();
    }
  }
}
