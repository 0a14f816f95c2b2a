package io.vertebra.raft;

import io.vertebra.cluster.ClusterService;
import io.vertebra.cluster.Member;
import io.vertebra.cluster.MemberChange;
import io.vertebra.cluster.NodeFacts;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Nodes {@code n1} to {@code n<size>}, named {@code name-1} and so on; this one is the first. */
record StillCluster(int size) implements ClusterService {

  @Override
  public Member self() {
    return member(1);
  }

  @Override
  public List<Member> members() {
    return IntStream.rangeClosed(1, size).mapToObj(StillCluster::member).toList();
  }

  @Override
  public Future<Boolean> isCopied() {
    return Future.succeededFuture(true);
  }

  @Override
  public void watch(Consumer<MemberChange> listener) {}

  private static Member member(int number) {
    NodeFacts facts = new NodeFacts("name-" + number, List.of("core"), "1", Instant.EPOCH);
    return new Member("n" + number, "10.0.0." + number + ":5701", facts);
  }
}
