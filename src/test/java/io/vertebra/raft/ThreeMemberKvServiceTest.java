package io.vertebra.raft;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.kv.Bytes;
import io.vertebra.kv.KvEntry;
import io.vertebra.kv.Numbers;
import io.vertebra.kv.Op;
import io.vertebra.kv.Txn;
import io.vertebra.kv.TxnResult;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ThreeMemberKvServiceTest extends RaftKvServiceContract {
  private static final Bytes HITS = Bytes.utf8("contract/hits");

  ThreeMemberKvServiceTest() {
    super(3);
  }

  @Test
  void countsARepeatedAddOnceWhileTheLeadIsHandedAround() {
    List<Future<TxnResult>> adds = new ArrayList<>();
    for (int round = 0; round < 3; round++) {
      List<Future<TxnResult>> first = add(round);
      handTheLeadOver();
      first.forEach(each -> adds.add(each.otherwiseEmpty()));
      adds.addAll(add(round));
    }
    await(Future.all(adds));
    assertThat(await(kv().get(HITS))).map(KvEntry::value).contains(Numbers.of(90));
  }

  private List<Future<TxnResult>> add(int round) {
    List<Future<TxnResult>> adds = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      adds.add(kv().txn(Txn.of(Op.add(HITS, 1)).once("handed " + round + " " + i)));
    }
    return adds;
  }
}
