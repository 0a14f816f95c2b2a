package io.vertebra.kv;

import io.vertebra.kv.ImageStream.Part;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The state at one revision. The small tables are copied; the entries are read when they are
 * wanted, from the map that goes on, which keeps their versions until then.
 */
final class StateImage implements Replica.Image {
  private final Versions versions;
  private final Versions.Pin pin;
  private final ImageHeader header;
  private final List<Sessions.Saved> sessions;
  private final Tables tables;
  private final Optional<Restore> restore;

  private record Tables(
      List<KeptAnswers.Kept> kept, List<Fences.Saved> fences, List<LeaseTerm> leases) {
    static Tables of(StateData data) {
      return new Tables(data.kept().save(), data.fences().save(), data.leases().terms());
    }

    Stream<Part> parts() {
      Stream<Part> parts = ImageStream.table(kept, ImageCodec::write);
      parts = Stream.concat(parts, ImageStream.table(fences, ImageCodec::write));
      return Stream.concat(parts, ImageStream.table(leases, ImageCodec::write));
    }
  }

  /** What is being restored: its entries have no order in time, so they are listed at once. */
  private record Restore(long id, Tables tables, List<Version> entries) {
    static Restore of(Gathered gathered) {
      StateData data = gathered.data();
      return new Restore(gathered.id(), Tables.of(data), new ArrayList<>(data.versions().all()));
    }

    Stream<Part> parts() {
      Stream<Part> parts = Stream.concat(Stream.of(out -> out.fixed(id)), tables.parts());
      return Stream.concat(parts, ImageStream.entries(entries.stream()));
    }
  }

  private StateImage(
      KvGroup group, StateData data, List<Sessions.Saved> sessions, Optional<Restore> restore) {
    versions = data.versions();
    pin = versions.pin();
    header =
        new ImageHeader(
            group.name(),
            versions.revision(),
            versions.compactedRevision(),
            data.leases().generation(),
            restore.isPresent());
    this.sessions = sessions;
    this.tables = Tables.of(data);
    this.restore = restore;
  }

  /** All that a replica needs to go on from there. */
  static StateImage ofReplica(KvGroup group, StateData data, @Nullable Gathered gathered) {
    return new StateImage(
        group, data, data.sessions().save(), Optional.ofNullable(gathered).map(Restore::of));
  }

  /** Without what belongs to the log. */
  static StateImage ofBackup(KvGroup group, StateData data) {
    return new StateImage(group, data, List.of(), Optional.empty());
  }

  long revision() {
    return pin.revision();
  }

  @Override
  public InputStream open() {
    Stream<Part> head = Stream.of(header::write);
    Stream<Part> parts = Stream.concat(head, ImageStream.table(sessions, ImageCodec::write));
    parts = Stream.concat(parts, tables.parts());
    parts = Stream.concat(parts, ImageStream.entries(entries()));
    parts = Stream.concat(parts, restore.map(Restore::parts).orElseGet(Stream::empty));
    return new ImageStream(parts.iterator());
  }

  private Stream<Version> entries() {
    return versions.all().stream()
        .map(head -> head.at(pin.revision()))
        .filter(Objects::nonNull)
        .map(Objects::requireNonNull);
  }

  @Override
  public void close() {
    versions.unpin(pin);
  }
}
