package io.vertebra.raft;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * How core nodes that know no group agree on one. Nobody proposes anything to anybody: each tells
 * who asks what it has on disk, and decides on its own from what it heard.
 *
 * <p>A node takes a group that it heard of. If nobody knows one, the node with the least id founds
 * it, once it misses nobody and all agree on who is to be in it: it writes the group down, and the
 * others hear of it when they ask again.
 *
 * <p>Why two groups never both get to work: a node writes one group in the life of its folder,
 * before it tells of it or opens it. A founder dies before it has written: nobody knows of the
 * group, and it is founded anew. It dies after: the others miss it and wait; when it comes back
 * they hear of the group, from it or from one that heard before. It comes back without its folder:
 * if nobody had heard, the group is forgotten, and nothing was in it, since a majority had not
 * opened it; otherwise the founder learns of the group and that another id had its address, and
 * takes that one's place. If, against all this, a node hears of two groups, it refuses to start.
 */
final class Forming {

  /** What a node that knows no group does next. */
  sealed interface Step {

    /**
     * Asks again later.
     *
     * @param missing whom it misses; empty if another node is to act
     */
    record Wait(List<String> missing) implements Step {}

    /**
     * Writes the group and opens it.
     *
     * @param why for a person
     */
    record Take(Group group, String why) implements Step {}

    /**
     * Gives up.
     *
     * @param why for a person
     */
    record Refuse(String why) implements Step {}
  }

  private static final Comparator<Peer> BY_ID = Comparator.comparingLong(Peer::id);

  private Forming() {}

  /** With whom a node would form a group that misses nobody. */
  static List<Peer> founders(Peer self, List<Introduction> named) {
    return Stream.concat(Stream.of(self), named.stream().map(Introduction::peer))
        .sorted(BY_ID)
        .toList();
  }

  /**
   * Decides.
   *
   * @param heard what the other core nodes say, named or not
   * @param named those of them that the options name
   * @param missing whom the options name and who is not heard, though it may be a core node
   */
  static Step next(
      Peer self,
      List<Introduction> heard,
      List<Introduction> named,
      List<String> missing,
      LongSupplier random) {
    Optional<String> conflict = conflict(heard);
    if (conflict.isPresent()) {
      return new Step.Refuse(conflict.get());
    }
    List<Introduction> knowing = heard.stream().filter(each -> each.clusterId() != 0).toList();
    if (!knowing.isEmpty()) {
      return join(self, knowing);
    }
    List<Peer> founders = founders(self, named);
    boolean agreed = named.stream().allMatch(each -> each.founders().equals(founders));
    if (!missing.isEmpty() || !agreed || !founders.get(0).equals(self)) {
      return new Step.Wait(missing);
    }
    return new Step.Take(found(founders, random), "founds it");
  }

  /** A new group. */
  static Group found(List<Peer> founders, LongSupplier random) {
    return new Group(random.getAsLong() | 1, founders);
  }

  /** A sentence naming the groups if these nodes belong to several. */
  static Optional<String> conflict(List<Introduction> introductions) {
    TreeMap<Long, String> nodes = new TreeMap<>();
    for (Introduction each : introductions) {
      if (each.clusterId() != 0) {
        nodes.putIfAbsent(each.clusterId(), each.peer().address());
      }
    }
    if (nodes.size() < 2) {
      return Optional.empty();
    }
    List<String> told =
        nodes.entrySet().stream()
            .map(entry -> PeerCodec.hex(entry.getKey()) + " (" + entry.getValue() + ")")
            .toList();
    return Optional.of(
        "the nodes keep the data of different clusters, "
            + String.join(" and ", told)
            + ": take apart cluster.members, or empty raft.folder on the nodes of all but one");
  }

  private static Step join(Peer self, List<Introduction> knowing) {
    long clusterId = knowing.get(0).clusterId();
    for (Introduction each : knowing) {
      if (Introduction.lists(each.founders(), self.id())) {
        return new Step.Take(new Group(clusterId, each.founders()), "is one of its founders");
      }
    }
    return new Step.Take(new Group(clusterId, List.of()), "waits for its group to take it in");
  }
}
