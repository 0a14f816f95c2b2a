package io.vertebra.gateway.token;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.auth.token.Algorithm;
import io.vertebra.auth.token.Forge;
import io.vertebra.auth.token.VerifyingKey;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** When the keys of an issuer are fetched, and for how long they are believed. */
final class ForeignIssuerTest {
  private static final VerifyingKey KEY = Forge.key("k1", Algorithm.EDDSA).publicKey();

  private final List<Promise<JwkSet>> fetches = new ArrayList<>();
  private long nanos;
  private final ForeignIssuer issuer =
      new ForeignIssuer(
          "https://issuer",
          this::fetch,
          TokenOptions.from(Fields.of(new JsonObject().put("maxStaleMs", 60_000))),
          new IssuerMeters(new SimpleMeterRegistry()),
          () -> nanos);

  private Future<JwkSet> fetch() {
    Promise<JwkSet> fetch = Promise.promise();
    fetches.add(fetch);
    return fetch.future();
  }

  private void letTimePass(Duration time) {
    nanos += time.toNanos();
  }

  private void answer(long maxAgeSeconds) {
    fetches
        .get(fetches.size() - 1)
        .complete(new JwkSet(Map.of("k1", KEY), Optional.of(Duration.ofSeconds(maxAgeSeconds))));
  }

  private void learn(long maxAgeSeconds) {
    Future<Optional<VerifyingKey>> asked = issuer.find("k1");
    answer(maxAgeSeconds);
    assertThat(await(asked)).contains(KEY);
  }

  @Test
  void fetchesOnceForAllWhoAskAtOnce() {
    Future<Optional<VerifyingKey>> one = issuer.find("k1");
    Future<Optional<VerifyingKey>> two = issuer.find("k2");
    answer(100);
    assertThat(await(one)).contains(KEY);
    assertThat(await(two)).isEmpty();
    assertThat(fetches).hasSize(1);
  }

  @Test
  void fetchesInTheBackgroundBeforeTheKeysAreOld() {
    learn(100);
    letTimePass(Duration.ofSeconds(74));
    assertThat(issuer.find("k1").isComplete()).isTrue();
    assertThat(fetches).hasSize(1);
    letTimePass(Duration.ofSeconds(1));
    assertThat(issuer.find("k1").isComplete()).as("nobody waits").isTrue();
    assertThat(fetches).hasSize(2);
  }

  @Test
  void waitsForKeysWhenThoseKnownAreOld() {
    learn(100);
    letTimePass(Duration.ofSeconds(100));
    Future<Optional<VerifyingKey>> asked = issuer.find("k1");
    assertThat(asked.isComplete()).isFalse();
    fetches.get(1).complete(new JwkSet(Map.of(), Optional.empty()));
    assertThat(await(asked)).as("taken back").isEmpty();
  }

  @Test
  void believesOldKeysForABoundedTimeWhileTheIssuerIsDown() {
    learn(100);
    letTimePass(Duration.ofSeconds(100));
    Future<Optional<VerifyingKey>> asked = issuer.find("k1");
    fetches.get(1).fail("down");
    assertThat(await(asked)).contains(KEY);
    assertThat(issuer.find("k1").isComplete()).as("nobody waits again").isTrue();
    letTimePass(Duration.ofSeconds(60));
    Future<Optional<VerifyingKey>> late = issuer.find("k1");
    fetches.get(2).fail("down");
    assertThatThrownBy(() -> await(late)).isInstanceOf(Failure.class);
  }

  @Test
  void fetchesAgainForAnUnknownKeyButNotAtOnce() {
    learn(100);
    assertThat(await(issuer.find("k2"))).isEmpty();
    assertThat(fetches).hasSize(1);
    letTimePass(Duration.ofSeconds(10));
    Future<Optional<VerifyingKey>> asked = issuer.find("k2");
    assertThat(fetches).hasSize(2);
    answer(100);
    assertThat(await(asked)).isEmpty();
  }

  @Test
  void keepsTheIssuersTimeWithinBounds() {
    learn(0);
    letTimePass(Duration.ofSeconds(7));
    assertThat(issuer.find("k1").isComplete()).isTrue();
    assertThat(fetches).as("no sooner than ten seconds").hasSize(1);
    letTimePass(Duration.ofSeconds(3));
    Future<Optional<VerifyingKey>> asked = issuer.find("k1");
    answer(1_000_000);
    assertThat(await(asked)).contains(KEY);
    letTimePass(Duration.ofHours(1));
    assertThat(issuer.find("k1").isComplete()).as("no later than an hour").isFalse();
  }
}
