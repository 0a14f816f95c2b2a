package io.vertebra.kv;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;

/** Reads images, which are also the backups. What is damaged fails with how. */
public final class SnapshotReader {
  /** Bytes of keys and values in a part of a restore, about. */
  private static final int PART_BYTES = 256 << 10;

  private static final int PART_ROWS = 4096;

  /** Answers of transactions that are longer are not put back: no entry of the log holds them. */
  private static final int MAX_ANSWER_BYTES = 1 << 20;

  /**
   * What an image holds.
   *
   * @param group the store it is of: {@code kv} or {@code queue}
   * @param revision of the store when it was taken
   * @param bytes of the image
   * @param memory heap bytes that its data would take, about
   */
  public record Summary(String group, long revision, long entries, long bytes, long memory) {}

  /** Takes what is read, in this order; nothing of it is certain before the end. */
  interface Sink {
    default void header(ImageHeader header) {}

    default void session(Sessions.Saved session) {}

    default void kept(KeptAnswers.Kept kept) {}

    default void fence(Fences.Saved fence) throws IOException {}

    default void lease(LeaseTerm lease) throws IOException {}

    default void entry(KvEntry entry) throws IOException {}

    /** Takes what was gathered of a restore, which follows. */
    default Sink gathered(long id) throws IOException {
      return new Sink() {};
    }
  }

  private interface Row<T> {
    T read(ImageInput in) throws IOException;
  }

  private interface RowSink<T> {
    void take(T row) throws IOException;
  }

  private SnapshotReader() {}

  /** Reads an image to its end; all its values would be in memory. */
  public static Summary verify(InputStream image) throws IOException {
    return verify(image, Versions::weight);
  }

  /**
   * Reads an image to its end.
   *
   * @param weight heap bytes that an entry would take, about
   */
  static Summary verify(InputStream image, ToLongFunction<KvEntry> weight) throws IOException {
    return read(image, new Sink() {}, weight);
  }

  /** The commands that gather what an image holds, for a restore that has begun. */
  static Summary gather(InputStream image, long id, Consumer<Command> commands) throws IOException {
    Parts parts = new Parts(id, commands);
    Summary summary = read(image, parts);
    parts.flush();
    return summary;
  }

  static Summary read(InputStream image, Sink sink) throws IOException {
    return read(image, sink, Versions::weight);
  }

  private static Summary read(InputStream image, Sink sink, ToLongFunction<KvEntry> weight)
      throws IOException {
    ImageInput in = new ImageInput(image);
    ImageHeader header = ImageHeader.read(in);
    sink.header(header);
    rows(in, ImageCodec::session, sink::session);
    Weighing weighing = new Weighing(sink, weight);
    long entries = state(in, header.revision(), weighing);
    if (header.restoring()) {
      long unused = state(in, Long.MAX_VALUE, sink.gathered(in.fixed()));
    }
    in.end();
    return new Summary(header.group(), header.revision(), entries, in.count(), weighing.bytes);
  }

  private static long state(ImageInput in, long revision, Sink sink) throws IOException {
    rows(in, ImageCodec::kept, sink::kept);
    rows(in, ImageCodec::fence, sink::fence);
    rows(in, ImageCodec::lease, sink::lease);
    long entries = 0;
    Bytes last = Bytes.EMPTY;
    for (int mark = in.octet(); mark == ImageStream.ENTRY; mark = in.octet()) {
      KvEntry entry = ImageCodec.entry(in);
      checkEntry(in, revision, entry, last);
      sink.entry(entry);
      last = entry.key();
      entries++;
    }
    if (in.fixed() != entries) {
      throw in.damaged("it does not hold as many entries as it says");
    }
    return entries;
  }

  private static <T> void rows(ImageInput in, Row<T> row, RowSink<T> sink) throws IOException {
    long size = in.upTo(Integer.MAX_VALUE);
    for (long i = 0; i < size; i++) {
      sink.take(row.read(in));
    }
  }

  private static void checkEntry(ImageInput in, long revision, KvEntry entry, Bytes last)
      throws IOException {
    if (entry.key().compareTo(last) <= 0) {
      throw in.damaged("its keys are not in order");
    }
    if (!StateData.isPlausible(entry) || entry.modRevision() > revision) {
      throw in.damaged("an entry has no possible revision");
    }
  }

  /** Adds up what a state weighs that is passed on. */
  private static final class Weighing implements Sink {
    private final Sink sink;
    private final ToLongFunction<KvEntry> weight;
    private long bytes;

    Weighing(Sink sink, ToLongFunction<KvEntry> weight) {
      this.sink = sink;
      this.weight = weight;
    }

    @Override
    public void kept(KeptAnswers.Kept kept) {
      bytes += kept.weight();
      sink.kept(kept);
    }

    @Override
    public void fence(Fences.Saved fence) throws IOException {
      bytes += fence.weight();
      sink.fence(fence);
    }

    @Override
    public void lease(LeaseTerm lease) throws IOException {
      bytes += Leases.LEASE_BYTES;
      sink.lease(lease);
    }

    @Override
    public void entry(KvEntry entry) throws IOException {
      bytes += weight.applyAsLong(entry) + (entry.lease() == 0 ? 0 : Leases.KEY_BYTES);
      sink.entry(entry);
    }
  }

  /** Gathers rows until there are enough for a command. */
  private static final class Parts implements Sink {
    private final long id;
    private final Consumer<Command> commands;
    private final List<KeptAnswers.Kept> kept = new ArrayList<>();
    private final List<KvEntry> entries = new ArrayList<>();
    private final List<LeaseTerm> leases = new ArrayList<>();
    private final List<Fences.Saved> fences = new ArrayList<>();
    private long bytes;

    Parts(long id, Consumer<Command> commands) {
      this.id = id;
      this.commands = commands;
    }

    @Override
    public void kept(KeptAnswers.Kept answer) {
      if (answer.answer.length <= MAX_ANSWER_BYTES) {
        kept.add(answer);
        added(answer.key.length() + answer.answer.length);
      }
    }

    @Override
    public void fence(Fences.Saved fence) {
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
      int rows = kept.size() + entries.size() + leases.size() + fences.size();
      if (bytes >= PART_BYTES || rows >= PART_ROWS) {
        flush();
      }
    }

    void flush() {
      commands.accept(new Command.Restore(id, kept, entries, leases, fences));
      kept.clear();
      entries.clear();
      leases.clear();
      fences.clear();
      bytes = 0;
    }
  }
}
