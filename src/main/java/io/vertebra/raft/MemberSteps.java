package io.vertebra.raft;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How one group comes to have the members of another: one added, removed or replaced at a time, and
 * none of that if a majority of the members that would be is not there.
 */
final class MemberSteps {
  private MemberSteps() {}

  /**
   * The members after the next step; empty if there is none to take now.
   *
   * @param own members of the group
   * @param wanted those that it is to have
   * @param heard whom its leader heard from lately; one that is new is taken to be there, since it
   *     is added only when it has caught up
   */
  static Optional<List<Peer>> next(List<Peer> own, List<Peer> wanted, Set<Long> heard) {
    Optional<Peer> missing = wanted.stream().filter(peer -> !lists(own, peer)).findFirst();
    Optional<Peer> surplus =
        own.stream()
            .filter(peer -> !lists(wanted, peer))
            .min(Comparator.comparing(peer -> heard.contains(peer.id())));
    if (wanted.isEmpty() || (missing.isEmpty() && surplus.isEmpty())) {
      return Optional.empty();
    }
    List<Peer> next = new ArrayList<>(own);
    next.replaceAll(peer -> now(peer, wanted));
    boolean replaces = missing.isPresent() && surplus.isPresent() && !isThere(surplus.get(), heard);
    if (surplus.isPresent() && (replaces || missing.isEmpty())) {
      boolean unused = next.remove(surplus.get());
    }
    missing.ifPresent(next::add);
    return keepsMajority(next, own, heard) ? Optional.of(next) : Optional.empty();
  }

  /** A member as it is reached now. */
  private static Peer now(Peer peer, List<Peer> wanted) {
    return wanted.stream().filter(each -> each.id() == peer.id()).findFirst().orElse(peer);
  }

  private static boolean keepsMajority(List<Peer> next, List<Peer> own, Set<Long> heard) {
    long there = next.stream().filter(peer -> isThere(peer, heard) || !lists(own, peer)).count();
    return there > next.size() / 2;
  }

  private static boolean isThere(Peer peer, Set<Long> heard) {
    return heard.contains(peer.id());
  }

  private static boolean lists(List<Peer> peers, Peer one) {
    return Introduction.lists(peers, one.id());
  }
}
