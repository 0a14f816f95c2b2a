package io.vertebra.kv;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/**
 * Puts a backup in place of the store: read to its end first, then gathered by all members beside
 * the state that serves, then put in its place by one entry of the log. Blocks.
 */
final class Restorer {
  /**
   * How far the revision is set on beyond that of the backup, so that it passes all that were
   * reached after the backup, by a store that is lost: a week of 1,500 writes a second.
   *
   * <p>Source: etcd's guide to disaster recovery, {@code --bump-revision}.
   */
  static final long REVISION_GAP = 1_000_000_000;

  private final KvState state;
  private final Proposer proposer;
  private final long maxBytes;
  private final SecureRandom random = new SecureRandom();

  /**
   * What a restore did.
   *
   * @param revision of the store, right after it
   */
  record Restored(long revision, SnapshotReader.Summary backup) {}

  /**
   * @param maxBytes of memory that data may take
   */
  Restorer(KvState state, Proposer proposer, long maxBytes) {
    this.state = state;
    this.proposer = proposer;
    this.maxBytes = maxBytes;
  }

  /**
   * Restores; on failure the store is as it was, but for {@code TIMEOUT}, after which it may have
   * been restored.
   *
   * @param force whether what users keep there may go
   * @param gone whether nobody waits for it any more
   * @throws Failure {@code INVALID} if the backup is damaged, {@code CONFLICT} if the store has
   *     keys of users or another restore begins, {@code UNAVAILABLE} if there is no memory for both
   *     or nobody waits for it any more
   */
  Restored restore(Path file, boolean force, BooleanSupplier gone) throws IOException {
    SnapshotReader.Summary backup = verify(file);
    requireRoom(backup);
    requireEmpty(force);
    long id = random.nextLong();
    try {
      long unused = propose(new Command.BeginRestore(id));
      try (InputStream in = Files.newInputStream(file)) {
        SnapshotReader.Summary same = SnapshotReader.gather(in, id, part -> append(part, gone));
        requireClient(gone);
        long passed = same.revision() + REVISION_GAP;
        return new Restored(
            propose(new Command.EndRestore(id, passed, same.entries(), force)), backup);
      }
    } catch (IOException | RuntimeException e) {
      CompletionStage<?> unused = proposer.submit(Codec.encode(new Command.CancelRestore(id)));
      throw e;
    }
  }

  private SnapshotReader.Summary verify(Path file) throws IOException {
    SnapshotReader.Summary backup;
    try (InputStream in = Files.newInputStream(file)) {
      backup = SnapshotReader.verify(in, state.versions()::weightHere);
    } catch (IOException e) {
      throw Failure.invalid("", e.getMessage() + "; nothing was changed");
    }
    String group = state.group().name();
    if (!backup.group().equals(group)) {
      throw Failure.invalid(
          "", "the backup is one of the store " + backup.group() + ", not of " + group);
    }
    if (backup.revision() > Long.MAX_VALUE - 2 * REVISION_GAP) {
      throw Failure.invalid("", "the revision of the image leaves no room for others");
    }
    return backup;
  }

  private void requireRoom(SnapshotReader.Summary backup) {
    long wanted = state.bytes() + backup.memory();
    if (wanted > maxBytes) {
      throw new Failure(
          FailureCode.UNAVAILABLE,
          "the data and the backup would take "
              + wanted
              + " of "
              + maxBytes
              + " bytes of memory; nothing was changed");
    }
  }

  /** Throws {@code CONFLICT} if the store has keys of users and they may not go. */
  void requireEmpty(boolean force) {
    if (!force && state.versions().has(state.group().content())) {
      throw Gathered.notEmpty();
    }
  }

  private void append(Command part, BooleanSupplier gone) {
    requireClient(gone);
    long unused = propose(part);
  }

  private static void requireClient(BooleanSupplier gone) {
    if (gone.getAsBoolean()) {
      throw new Failure(
          FailureCode.UNAVAILABLE, "the client went away before the end; nothing was changed");
    }
  }

  private long propose(Command command) {
    try {
      return Codec.revision(proposer.submit(Codec.encode(command)).toCompletableFuture().join());
    } catch (CompletionException e) {
      throw e.getCause() instanceof Failure failure ? failure : e;
    }
  }
}
