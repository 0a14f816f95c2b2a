package io.vertebra.schedule;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** All schedules that a node knows, and the order in which they are to be looked at. One thread. */
final class Board {
  private final Map<String, Track> tracks = new HashMap<>();
  private final TreeSet<Place> places =
      new TreeSet<>(Comparator.comparing(Place::at).thenComparing(Place::name));

  /** Names of those with runs or requests: a new leader looks at these first. */
  private final Set<String> lively = new LinkedHashSet<>();

  private Calendars calendars = Calendars.NONE;

  private record Place(Instant at, String name) {}

  @Nullable Track find(String name) {
    return tracks.get(name);
  }

  Calendars calendars() {
    return calendars;
  }

  /**
   * Has the schedules follow other calendars.
   *
   * @param changed the names of those that are other ones
   * @return the names of the schedules that this is about
   */
  List<String> follow(Calendars others, Set<String> changed) {
    calendars = others;
    List<Track> concerned =
        tracks.values().stream()
            .filter(
                track -> track.job.definition().calendars().stream().anyMatch(changed::contains))
            .toList();
    concerned.forEach(track -> put(track.with(track.job.without(others), track.jobRevision)));
    return concerned.stream().map(Track::name).toList();
  }

  int size() {
    return tracks.size();
  }

  Collection<String> names() {
    return List.copyOf(tracks.keySet());
  }

  List<String> lively() {
    return List.copyOf(lively);
  }

  /** Puts it in place of the one of its name, if there is one. */
  void put(Track track) {
    remove(track.name());
    tracks.put(track.name(), track);
    arm(track);
  }

  void remove(String name) {
    Track gone = tracks.remove(name);
    if (gone != null) {
      unplace(gone);
      lively.remove(name);
    }
  }

  /** Forgets what was asked for, because all of it is about to be told again. */
  void forgetRequests() {
    tracks.values().forEach(track -> track.requests.clear());
  }

  /** To be called whenever its state or requests changed. */
  void arm(Track track) {
    if (tracks.get(track.name()) != track) {
      return;
    }
    unplace(track);
    track.wakeAt = Due.wake(track.job, track.state);
    track.wakeAt.ifPresent(at -> places.add(new Place(at, track.name())));
    if (track.state.runs().isEmpty() && track.requests.isEmpty()) {
      lively.remove(track.name());
    } else {
      lively.add(track.name());
    }
  }

  /** Those whose time has come, at most {@code most}; each is told once until it is armed again. */
  List<Track> due(Instant now, int most) {
    List<Track> due = new ArrayList<>();
    while (due.size() < most && !places.isEmpty() && !places.first().at().isAfter(now)) {
      Place place = places.first();
      places.remove(place);
      Track track = tracks.get(place.name());
      if (track != null) {
        track.wakeAt = Optional.empty();
        due.add(track);
      }
    }
    return due;
  }

  /** How many have a time at which they are to be looked at. */
  int places() {
    return places.size();
  }

  private void unplace(Track track) {
    track.wakeAt.ifPresent(at -> places.remove(new Place(at, track.name())));
    track.wakeAt = Optional.empty();
  }
}
