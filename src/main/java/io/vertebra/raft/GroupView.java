package io.vertebra.raft;

import io.vertebra.api.Fields;
import io.vertebra.raft.MemberView.Role;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The group as the core nodes tell of it; where they differ, the one in the latest term that is
 * furthest is believed.
 *
 * @param clusterId 0 while no group is known
 * @param leaderId 0 if none is known
 * @param term how many elections there have been, at least
 * @param members of the group, then those that wait to be added
 */
public record GroupView(long clusterId, long leaderId, long term, List<MemberView> members) {
  private static final int MAX_MEMBERS = 200;

  private static final Comparator<Introduction> FURTHEST =
      Comparator.comparing(Introduction::isMember)
          .thenComparingLong(each -> each.progress().map(Introduction.Progress::term).orElse(0L))
          .thenComparingLong(GroupView::commitIndex);

  public GroupView {
    members = List.copyOf(members);
  }

  /**
   * Puts together what nodes say of themselves.
   *
   * @param names of nodes, by id
   */
  static GroupView of(List<Introduction> heard, Map<String, String> names) {
    Optional<Introduction> believed =
        heard.stream().filter(each -> each.clusterId() != 0).max(FURTHEST);
    List<Peer> peers =
        believed
            .map(each -> each.members().isEmpty() ? each.founders() : each.members())
            .orElse(List.of());
    long leaderId = leaderId(heard, believed);
    List<MemberView> members = new ArrayList<>();
    for (Peer peer : peers) {
      Role role = peer.id() == leaderId ? Role.LEADER : Role.FOLLOWER;
      Optional<Introduction> own =
          heard.stream().filter(each -> each.peer().id() == peer.id()).findFirst();
      members.add(
          own.map(each -> view(each, role, names))
              .orElseGet(() -> new MemberView(peer, "", "", role, false, Optional.empty())));
    }
    long clusterId = believed.map(Introduction::clusterId).orElse(0L);
    heard.stream()
        .filter(each -> each.clusterId() == clusterId || each.clusterId() == 0)
        .filter(each -> !Introduction.lists(peers, each.peer().id()))
        .map(each -> view(each, Role.WAITING, names))
        .forEach(members::add);
    long term =
        believed.flatMap(Introduction::progress).map(Introduction.Progress::term).orElse(0L);
    return new GroupView(clusterId, leaderId, term, members);
  }

  private static long commitIndex(Introduction introduction) {
    return introduction.progress().map(Introduction.Progress::commitIndex).orElse(0L);
  }

  /** The leader that the believed one names; if it knows none, that of another in the same term. */
  private static long leaderId(List<Introduction> heard, Optional<Introduction> believed) {
    long term =
        believed.flatMap(Introduction::progress).map(Introduction.Progress::term).orElse(0L);
    return heard.stream()
        .flatMap(each -> each.progress().stream())
        .filter(each -> each.term() == term && each.leaderId() != 0)
        .map(Introduction.Progress::leaderId)
        .findFirst()
        .orElse(0L);
  }

  private static MemberView view(Introduction own, Role role, Map<String, String> names) {
    return new MemberView(
        own.peer(),
        names.getOrDefault(own.node(), ""),
        own.node(),
        role,
        true,
        own.progress()
            .map(each -> new MemberView.LogProgress(each.commitIndex(), each.appliedIndex())));
  }

  /** The members proper, as they are to be reached now. */
  List<Peer> peers() {
    return members.stream().filter(MemberView::isMember).map(MemberView::peer).toList();
  }

  Optional<MemberView> member(long id) {
    return members.stream()
        .filter(member -> member.isMember() && member.peer().id() == id)
        .findFirst();
  }

  JsonObject toJson() {
    JsonObject json = new JsonObject();
    if (clusterId != 0) {
      json.put("clusterId", PeerCodec.hex(clusterId));
    }
    if (leaderId != 0) {
      json.put("leaderId", PeerCodec.hex(leaderId));
    }
    return json.put("term", term)
        .put("members", new JsonArray(members.stream().map(MemberView::toJson).toList()));
  }

  static GroupView from(Fields fields) {
    long clusterId = PeerCodec.idOrZero(fields, "clusterId");
    long leaderId = PeerCodec.idOrZero(fields, "leaderId");
    long term = fields.longInteger("term", 0, Long.MAX_VALUE).required();
    List<MemberView> members = fields.objects("members", MAX_MEMBERS, MemberView::from).required();
    return fields.build(() -> new GroupView(clusterId, leaderId, term, members));
  }
}
