package io.vertebra.kv;

import io.vertebra.api.Failure;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;

/** Sends commands to a replica, each in a batch of its own. */
final class Proposals {
  private static final long PROPOSER = 7;

  private final KvReplica replica;
  private long sequence;

  Proposals(KvReplica replica) {
    this.replica = replica;
  }

  /** A replica whose clock stands still. */
  static KvReplica replica() {
    return new KvReplica(() -> 0);
  }

  static Txn put(String key, String value) {
    return Txn.of(Op.put(Bytes.utf8(key), Bytes.utf8(value)));
  }

  ByteBuffer send(Command command) {
    sequence++;
    return send(replica, PROPOSER, sequence, sequence - 1, command).get(0);
  }

  TxnResult send(Txn txn) {
    return Codec.txn(send(new Command.Transact(txn)));
  }

  static List<ByteBuffer> send(
      KvReplica replica, long proposer, long sequence, long acknowledged, Command... commands) {
    List<byte[]> encoded = List.of(commands).stream().map(Codec::encode).toList();
    byte[] batch = Codec.batch(proposer, sequence, acknowledged, encoded);
    return Codec.answers(replica.apply(1, ByteBuffer.wrap(batch)));
  }

  /** A TxnResult, a Long, or the code of a refusal. */
  static Object outcome(Command command, ByteBuffer answer) {
    try {
      return command instanceof Command.Transact ? Codec.txn(answer) : Codec.revision(answer);
    } catch (Failure failure) {
      return failure.code();
    }
  }

  static byte[] image(KvReplica replica) {
    try (Replica.Image image = replica.image()) {
      return image.open().readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void load(KvReplica replica, byte[] image) {
    try {
      replica.load(new ByteArrayInputStream(image));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
