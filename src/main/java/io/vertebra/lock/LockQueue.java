package io.vertebra.lock;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Those who wait for one lock and those who share it, as far as a node was told. Whoever holds it
 * exclusively is not known here.
 *
 * <p>Places are served first come, first served: nobody who fits goes before one who does not, so
 * that neither those who want all of it nor those who want many permits wait for ever.
 */
final class LockQueue {
  private final NavigableMap<Long, Place> waiting = new TreeMap<>();
  private final NavigableMap<Long, Share> shares = new TreeMap<>();
  private final Map<String, Long> tokens = new HashMap<>();

  /**
   * One who wants the lock.
   *
   * @param number of the place in the queue; 0 for none
   * @param node where it waits
   * @param id by which that node knows it
   */
  record Place(
      long number, String owner, Terms terms, Duration lease, String data, String node, String id) {

    /** One who need not wait. */
    static Place none(AcquireLock request) {
      return new Place(
          0, request.owner(), request.terms(), request.lease(), request.data(), "", "");
    }
  }

  /** One who holds a part. */
  record Share(String owner, Terms terms) {}

  void enter(Place place) {
    waiting.put(place.number(), place);
  }

  Optional<Place> leave(long number) {
    return Optional.ofNullable(waiting.remove(number));
  }

  void share(long token, Share share) {
    Long before = tokens.put(share.owner(), token);
    if (before != null) {
      shares.remove(before);
    }
    shares.put(token, share);
  }

  void unshare(String owner) {
    Long token = tokens.remove(owner);
    if (token != null) {
      shares.remove(token);
    }
  }

  boolean isEmpty() {
    return waiting.isEmpty() && shares.isEmpty();
  }

  int waiting() {
    return waiting.size();
  }

  int shares() {
    return shares.size();
  }

  boolean has(long number) {
    return waiting.containsKey(number);
  }

  /** The place of a number, the first being 1; behind all if it is not known. */
  int position(long number) {
    return waiting.headMap(number).size() + 1;
  }

  Optional<Place> first() {
    return waiting.isEmpty() ? Optional.empty() : Optional.of(waiting.firstEntry().getValue());
  }

  /** The number of the first place; {@code otherwise} if nobody waits. */
  long firstNumber(long otherwise) {
    return waiting.isEmpty() ? otherwise : waiting.firstKey();
  }

  /** The token of the first who holds a part in a mode; {@code otherwise} if there is none. */
  long firstToken(LockMode mode, long otherwise) {
    for (Map.Entry<Long, Share> each : shares.entrySet()) {
      if (each.getValue().terms().mode() == mode) {
        return each.getKey();
      }
    }
    return otherwise;
  }

  /** Whether terms fit beside those who hold parts, nobody holding it exclusively. */
  boolean fits(Terms terms) {
    return fits(terms, shares.values());
  }

  /** Whether terms can be those of this lock beside the ones known. */
  boolean agrees(Terms terms) {
    boolean beside = shares.isEmpty() || terms.agreesWith(shares.firstEntry().getValue().terms());
    return beside
        && (waiting.isEmpty() || terms.agreesWith(waiting.firstEntry().getValue().terms()));
  }

  private static boolean fits(Terms terms, Collection<Share> beside) {
    if (terms.mode() == LockMode.EXCLUSIVE) {
      return beside.isEmpty();
    }
    long used = 0;
    for (Share share : beside) {
      if (!terms.agreesWith(share.terms())) {
        return false;
      }
      used += share.terms().permits();
    }
    return terms.mode() == LockMode.SHARED || used + terms.permits() <= terms.capacity();
  }

  /**
   * Who is to be served now, in order, if nobody holds it exclusively. Who has a part already is
   * served when that one has ended.
   *
   * @param leaving the token of a part that is given back; 0 for none
   * @param most of them
   */
  List<Place> next(long leaving, int most) {
    Map<Long, Share> left = new TreeMap<>(shares);
    Share unused = left.remove(leaving);
    List<Share> beside = new ArrayList<>(left.values());
    Set<String> owners = new HashSet<>(tokens.keySet());
    List<Place> next = new ArrayList<>();
    for (Place place : waiting.values()) {
      boolean served = owners.add(place.owner()) && fits(place.terms(), beside);
      if (!served || next.size() == most) {
        break;
      }
      next.add(place);
      if (place.terms().mode() == LockMode.EXCLUSIVE) {
        break;
      }
      beside.add(new Share(place.owner(), place.terms()));
    }
    return next;
  }
}
