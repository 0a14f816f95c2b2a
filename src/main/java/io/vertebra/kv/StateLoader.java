package io.vertebra.kv;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes a state of an image, apart from any other. */
final class StateLoader implements SnapshotReader.Sink {
  private final long base;
  private final Supplier<Values> values;
  private final Sessions sessions = new Sessions();
  private final KeptAnswers kept = new KeptAnswers();
  private final Leases leases = new Leases();
  private final Fences fences = new Fences(leases::contains);
  private @Nullable StateData data;
  private @Nullable StateLoader restored;
  private long restore;

  private StateLoader(long base, Supplier<Values> values) {
    this.base = base;
    this.values = values;
  }

  /**
   * Reads an image.
   *
   * @param base number of the next change in the history, which is empty
   * @param values makes those of a state
   */
  static StateLoader load(InputStream image, long base, Supplier<Values> values)
      throws IOException {
    StateLoader loader = new StateLoader(base, values);
    try {
      SnapshotReader.Summary ignored = SnapshotReader.read(image, loader);
      return loader;
    } catch (IOException | RuntimeException e) {
      loader.retire();
      throw e;
    }
  }

  private void retire() {
    if (data != null) {
      data.versions().retire();
    }
    if (restored != null) {
      restored.retire();
    }
  }

  /** The state that serves. */
  StateData data() throws IOException {
    return loaded();
  }

  /** What was gathered of a restore; null if none was under way. */
  @Nullable Gathered gathered() throws IOException {
    return restored == null ? null : new Gathered(restore, restored.loaded());
  }

  private StateData loaded() throws IOException {
    if (data == null) {
      throw new IOException("the image is damaged: it has no header");
    }
    return data;
  }

  @Override
  public void header(ImageHeader header) {
    leases.skipTo(header.generation());
    long floor = header.revision();
    Versions versions = new Versions(floor, header.compactedRevision(), floor, base, values.get());
    data = new StateData(versions, leases, fences, sessions, kept);
  }

  @Override
  public void session(Sessions.Saved session) {
    sessions.restore(session);
  }

  @Override
  public void kept(KeptAnswers.Kept answer) {
    kept.keep(answer);
  }

  @Override
  public void fence(Fences.Saved fence) {
    fences.raise(fence);
  }

  @Override
  public void lease(LeaseTerm lease) throws IOException {
    if (!leases.insert(lease)) {
      throw new IOException("the image is damaged: lease " + lease.id() + " is in it twice");
    }
  }

  @Override
  public void entry(KvEntry entry) throws IOException {
    if (entry.lease() != 0 && !leases.contains(entry.lease())) {
      throw new IOException("the image is damaged: lease " + entry.lease() + " is not in it");
    }
    if (!loaded().insert(entry)) {
      throw new IOException("the image is damaged: key " + entry.key() + " is in it twice");
    }
  }

  @Override
  public SnapshotReader.Sink gathered(long id) {
    StateLoader loader = new StateLoader(0, values);
    loader.data =
        new StateData(
            StateData.empty(values.get()).versions(),
            loader.leases,
            loader.fences,
            loader.sessions,
            loader.kept);
    restore = id;
    restored = loader;
    return loader;
  }
}
