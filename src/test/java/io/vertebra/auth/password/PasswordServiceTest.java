package io.vertebra.auth.password;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PasswordServiceTest {
  private static final HashCost CHEAP = new HashCost(64, 1, 1);
  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private PasswordService service(HashCost cost, int threads, int queue) {
    return new PasswordService(vertx, meters, cost, threads, queue);
  }

  @Test
  void verifiesWhatItHashed() {
    PasswordService service = service(CHEAP, 1, 10);
    String kept = await(service.hash("caf\u00e9 au lait")).toString();
    assertThat(await(service.verify("cafe\u0301 au lait", Optional.of(kept)))).isTrue();
    assertThat(await(service.verify("cafe au lait", Optional.of(kept)))).isFalse();
    assertThat(await(service.verify("anything", Optional.empty()))).isFalse();
  }

  @Test
  void computesAHashForNobodyToo() {
    PasswordService service = service(CHEAP, 1, 10);
    await(service.verify("anything", Optional.empty()));
    assertThat(meters.get("vertebra.auth.hash").timer().count()).isEqualTo(1);
  }

  @Test
  void noticesAHashOfAnotherCost() {
    String kept = await(service(CHEAP, 1, 10).hash("violet carpet")).toString();
    assertThat(service(CHEAP, 1, 10).isOld(kept)).isFalse();
    assertThat(service(new HashCost(128, 1, 1), 1, 10).isOld(kept)).isTrue();
  }

  @Test
  void refusesAFloodAtOnceAndRecovers() {
    PasswordService service = service(new HashCost(4096, 1, 1), 1, 3);
    List<Future<Boolean>> all =
        IntStream.range(0, 50).mapToObj(i -> service.verify("x", Optional.empty())).toList();
    List<Future<Boolean>> refused = all.stream().filter(Future::failed).toList();
    assertThat(refused).hasSizeBetween(40, 46);
    assertThat(refused).allMatch(each -> Failure.of(each.cause()).code() == FailureCode.LIMITED);
    assertThat(meters.get("vertebra.auth.hash.refused").counter().count())
        .isEqualTo(refused.size());
    eventually(() -> assertThat(all).allMatch(Future::isComplete));
    assertThat(await(service.verify("x", Optional.empty()))).isFalse();
    assertThat(meters.get("vertebra.auth.hash.pending").gauge().value()).isZero();
  }
}
