package io.vertebra.raft;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.NOT_FOUND;

import io.vertebra.api.Failure;
import io.vertebra.raft.MemberView.Role;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Which changes of the members are taken: those after which a majority of the members is there.
 *
 * <p>Source: the check of a change against the members that are reachable, as {@code etcd} does it
 * under {@code strict-reconfig-check}.
 */
final class MemberRules {
  private MemberRules() {}

  /** The members after adding a node. */
  static List<Peer> adding(GroupView group, NodeSelector node) {
    List<Peer> next = new ArrayList<>(group.peers());
    next.add(waiting(group, node));
    return checked(group, next);
  }

  /** The members after removing one. */
  static List<Peer> removing(GroupView group, long id) {
    MemberView removed = member(group, id);
    List<Peer> next = new ArrayList<>(group.peers());
    next.remove(removed.peer());
    if (next.isEmpty()) {
      throw new Failure(CONFLICT, PeerCodec.hex(id) + " is the last member");
    }
    return checked(group, next);
  }

  /** The members after replacing one. */
  static List<Peer> replacing(GroupView group, ReplaceMember change) {
    MemberView replaced = member(group, change.id());
    Peer by = waiting(group, change.by());
    List<Peer> next = new ArrayList<>(group.peers());
    next.set(next.indexOf(replaced.peer()), by);
    return checked(group, next);
  }

  /** Who is to lead from now on. */
  static MemberView successor(GroupView group, Optional<Long> to) {
    if (to.isPresent()) {
      MemberView wanted = member(group, to.get());
      if (!wanted.reachable()) {
        throw new Failure(CONFLICT, PeerCodec.hex(to.get()) + " is not reachable");
      }
      return wanted;
    }
    return group.members().stream()
        .filter(member -> member.role() == Role.FOLLOWER && member.reachable())
        .max(Comparator.comparingLong(MemberRules::appliedIndex))
        .orElseThrow(() -> new Failure(CONFLICT, "there is no other member that is reachable"));
  }

  private static long appliedIndex(MemberView member) {
    return member.progress().map(MemberView.LogProgress::appliedIndex).orElse(0L);
  }

  private static MemberView member(GroupView group, long id) {
    return group
        .member(id)
        .orElseThrow(() -> new Failure(NOT_FOUND, "there is no member " + PeerCodec.hex(id)));
  }

  private static Peer waiting(GroupView group, NodeSelector node) {
    List<MemberView> selected = group.members().stream().filter(node::selects).toList();
    if (selected.stream().anyMatch(MemberView::isMember)) {
      throw new Failure(CONFLICT, "the node of " + node + " is a member already");
    }
    if (selected.isEmpty()) {
      throw new Failure(NOT_FOUND, "no core node of " + node + " answers");
    }
    if (selected.size() > 1) {
      throw new Failure(CONFLICT, "several nodes wait that are of " + node + ": name it otherwise");
    }
    if (selected.get(0).progress().isEmpty()) {
      throw new Failure(CONFLICT, "the node of " + node + " is not ready to be added");
    }
    return selected.get(0).peer();
  }

  private static List<Peer> checked(GroupView group, List<Peer> next) {
    require(group, group.peers(), "has");
    require(group, next, "would have");
    return next;
  }

  private static void require(GroupView group, List<Peer> members, String verb) {
    long reachable =
        group.members().stream()
            .filter(member -> member.reachable() && members.contains(member.peer()))
            .count();
    if (reachable <= members.size() / 2) {
      throw new Failure(
          CONFLICT,
          "the group would lose its majority: it "
              + verb
              + " "
              + members.size()
              + " members, of which "
              + reachable
              + (reachable == 1 ? " is" : " are")
              + " reachable");
    }
  }
}
