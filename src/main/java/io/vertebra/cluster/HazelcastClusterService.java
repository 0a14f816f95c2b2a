package io.vertebra.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.config.MemberAttributeConfig;
import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The cluster as Hazelcast sees it. A node's facts travel as attributes of its membership. */
final class HazelcastClusterService implements ClusterService {
  private static final String NODE_ID = "__vertx.nodeId";
  private static final String NAME = "vertebra.name";
  private static final String ROLES = "vertebra.roles";
  private static final String VERSION = "vertebra.version";
  private static final String STARTED_AT = "vertebra.startedAt";

  private final Vertx vertx;
  private final HazelcastInstance hazelcast;

  HazelcastClusterService(Vertx vertx, HazelcastInstance hazelcast) {
    this.vertx = vertx;
    this.hazelcast = hazelcast;
  }

  static MemberAttributeConfig attributes(NodeFacts facts) {
    MemberAttributeConfig attributes = new MemberAttributeConfig();
    attributes.setAttribute(NAME, facts.name());
    attributes.setAttribute(ROLES, String.join(",", facts.roles()));
    attributes.setAttribute(VERSION, facts.version());
    attributes.setAttribute(STARTED_AT, facts.startedAt().toString());
    return attributes;
  }

  @Override
  public Member self() {
    return Objects.requireNonNull(member(hazelcast.getCluster().getLocalMember()));
  }

  @Override
  public List<Member> members() {
    return hazelcast.getCluster().getMembers().stream()
        .map(HazelcastClusterService::member)
        .filter(Objects::nonNull)
        .toList();
  }

  @Override
  public Future<Boolean> isCopied() {
    return vertx.executeBlocking(() -> hazelcast.getPartitionService().isClusterSafe(), false);
  }

  @Override
  public void watch(Consumer<MemberChange> listener) {
    hazelcast.getCluster().addMembershipListener(new Watcher(listener));
  }

  /** Null for a process in the Hazelcast cluster that is no Vertebra node. */
  private static @Nullable Member member(com.hazelcast.cluster.Member member) {
    String id = member.getAttribute(NODE_ID);
    String startedAt = member.getAttribute(STARTED_AT);
    if (id == null || startedAt == null) {
      return null;
    }
    NodeFacts facts =
        new NodeFacts(
            member.getAttribute(NAME),
            List.of(member.getAttribute(ROLES).split(",", -1)),
            member.getAttribute(VERSION),
            Instant.parse(startedAt));
    String address = member.getAddress().getHost() + ":" + member.getAddress().getPort();
    return new Member(id, address, facts);
  }

  private record Watcher(Consumer<MemberChange> listener) implements MembershipListener {

    @Override
    public void memberAdded(MembershipEvent event) {
      tell(MemberChange.Kind.JOINED, event);
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
      tell(MemberChange.Kind.LEFT, event);
    }

    private void tell(MemberChange.Kind kind, MembershipEvent event) {
      Member member = member(event.getMember());
      if (member != null) {
        listener.accept(new MemberChange(kind, member));
      }
    }
  }
}
