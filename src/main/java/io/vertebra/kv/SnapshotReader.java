package io.vertebra.kv;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Reads images, which are also the backups. What is damaged fails with how. */
public final class SnapshotReader {
  /** Bytes of keys and values in a part of a restore, about. */
  private static final int PART_BYTES = 256 << 10;

  private static final int PART_ROWS = 4096;

  /**
   * What an image holds.
   *
   * @param revision of the store when it was taken
   * @param bytes of the image
   */
  public record Summary(long revision, long entries, long bytes) {}

  /** Takes what is read, in this order; nothing of it is certain before the end. */
  interface Sink {
    default void header(ImageHeader header) {}

    default void session(Sessions.Saved session) {}

    default void kept(KeptAnswers.Kept kept) {}

    default void fence(Fence fence) throws IOException {}

    default void lease(LeaseTerm lease) throws IOException {}

    default void entry(KvEntry entry) throws IOException {}
  }

  private interface Row<T> {
    T read(ImageInput in) throws IOException;
  }

  private interface RowSink<T> {
    void take(T row) throws IOException;
  }

  private SnapshotReader() {}

  /** Reads an image to its end. */
  public static Summary verify(InputStream image) throws IOException {
    return read(image, new Sink() {});
  }

  /** The commands that put an image, verified before, in place of a store's keys and leases. */
  static Summary restore(InputStream image, Consumer<Command> commands) throws IOException {
    commands.accept(new Command.BeginRestore());
    Parts parts = new Parts(commands);
    Summary summary = read(image, parts);
    parts.flush();
    commands.accept(new Command.EndRestore(summary.revision(), summary.entries()));
    return summary;
  }

  static Summary read(InputStream image, Sink sink) throws IOException {
    ImageInput in = new ImageInput(image);
    ImageHeader header = ImageHeader.read(in);
    sink.header(header);
    rows(in, ImageCodec::session, sink::session);
    rows(in, ImageCodec::kept, sink::kept);
    rows(in, ImageCodec::fence, sink::fence);
    rows(in, ImageCodec::lease, sink::lease);
    long entries = 0;
    Bytes last = Bytes.EMPTY;
    for (int mark = in.octet(); mark == ImageStream.ENTRY; mark = in.octet()) {
      KvEntry entry = ImageCodec.entry(in);
      checkEntry(in, header, entry, last);
      sink.entry(entry);
      last = entry.key();
      entries++;
    }
    if (in.fixed() != entries) {
      throw in.damaged("it does not hold as many entries as it says");
    }
    in.end();
    return new Summary(header.revision(), entries, in.count());
  }

  private static <T> void rows(ImageInput in, Row<T> row, RowSink<T> sink) throws IOException {
    long size = in.upTo(Integer.MAX_VALUE);
    for (long i = 0; i < size; i++) {
      sink.take(row.read(in));
    }
  }

  private static void checkEntry(ImageInput in, ImageHeader header, KvEntry entry, Bytes last)
      throws IOException {
    if (entry.key().compareTo(last) <= 0) {
      throw in.damaged("its keys are not in order");
    }
    if (!StateData.isPlausible(entry)
        || (!header.restoring() && entry.modRevision() > header.revision())) {
      throw in.damaged("an entry has no possible revision");
    }
  }

  /** Gathers rows until there are enough for a command. */
  private static final class Parts implements Sink {
    private final Consumer<Command> commands;
    private final List<KvEntry> entries = new ArrayList<>();
    private final List<LeaseTerm> leases = new ArrayList<>();
    private final List<Fence> fences = new ArrayList<>();
    private long bytes;

    Parts(Consumer<Command> commands) {
      this.commands = commands;
    }

    @Override
    public void fence(Fence fence) {
      fences.add(fence);
      added(fence.lock().length());
    }

    @Override
    public void lease(LeaseTerm lease) {
      leases.add(lease);
      added(0);
    }

    @Override
    public void entry(KvEntry entry) {
      entries.add(entry);
      added(entry.key().length() + entry.value().length());
    }

    private void added(long more) {
      bytes += more;
      if (bytes >= PART_BYTES || entries.size() + leases.size() + fences.size() >= PART_ROWS) {
        flush();
      }
    }

    void flush() {
      commands.accept(new Command.Restore(entries, leases, fences));
      entries.clear();
      leases.clear();
      fences.clear();
      bytes = 0;
    }
  }
}
