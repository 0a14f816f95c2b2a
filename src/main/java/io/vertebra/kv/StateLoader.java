package io.vertebra.kv;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Makes a state of an image, apart from any other. */
final class StateLoader implements SnapshotReader.Sink {
  private final long base;
  private final Sessions sessions = new Sessions();
  private final KeptAnswers kept = new KeptAnswers();
  private final Fences fences = new Fences();
  private final Leases leases = new Leases();
  private @Nullable StateData data;

  private StateLoader(long base) {
    this.base = base;
  }

  /**
   * Reads an image.
   *
   * @param base number of the next change in the history, which is empty
   */
  static StateData load(InputStream image, long base) throws IOException {
    StateLoader loader = new StateLoader(base);
    SnapshotReader.Summary ignored = SnapshotReader.read(image, loader);
    return loader.loaded();
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
    Versions versions = new Versions(floor, header.compactedRevision(), floor, base);
    data = new StateData(versions, leases, fences, sessions, kept, header.restoring());
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
  public void fence(Fence fence) {
    fences.learn(fence.lock(), fence.token());
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
}
