package io.vertebra.kv;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The state at one revision. The small tables are copied; the entries are read when they are
 * wanted, from the map that goes on, which keeps their versions until then.
 */
final class StateImage implements Replica.Image {
  private final Versions versions;
  private final Versions.Pin pin;
  private final ImageHeader header;
  private final List<Sessions.Saved> sessions;
  private final List<KeptAnswers.Kept> kept;
  private final List<Fence> fences;
  private final List<LeaseTerm> leases;
  private final List<Version> unpublished;

  /** For the thread that applies. */
  StateImage(StateData data) {
    versions = data.versions();
    pin = versions.pin();
    header =
        new ImageHeader(
            versions.revision(),
            versions.compactedRevision(),
            data.leases().generation(),
            data.restoring());
    sessions = data.sessions().save();
    kept = data.kept().save();
    fences = data.fences().all();
    leases = data.leases().terms();
    unpublished = data.restoring() ? new ArrayList<>(versions.all()) : List.of();
  }

  @Override
  public InputStream open() {
    Stream<ImageStream.Part> tables =
        Stream.of(
                Stream.<ImageStream.Part>of(header::write),
                ImageStream.table(sessions, ImageCodec::write),
                ImageStream.table(kept, ImageCodec::write),
                ImageStream.table(fences, ImageCodec::write),
                ImageStream.table(leases, ImageCodec::write))
            .flatMap(parts -> parts);
    return new ImageStream(tables.iterator(), entries().iterator());
  }

  /** Entries that are being put back have no order in time: then the map was copied. */
  private Stream<Version> entries() {
    return header.restoring()
        ? unpublished.stream()
        : versions.all().stream()
            .map(head -> head.at(pin.revision()))
            .filter(Objects::nonNull)
            .map(Objects::requireNonNull);
  }

  @Override
  public void close() {
    versions.unpin(pin);
  }
}
