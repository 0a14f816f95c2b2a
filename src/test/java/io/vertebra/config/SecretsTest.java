package io.vertebra.config;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.crypto.SecretKeys;
import io.vertebra.kv.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SecretsTest {
  private static final Bytes VALUE = Bytes.utf8("hunter2");
  private final Secrets secrets = new Secrets(new SecretKeys("config", List.of(ConfigRig.OLD_KEY)));

  @Test
  void opensWhatItSealed() {
    Bytes sealed = secrets.seal("ns", "k", VALUE);
    assertThat(secrets.open("ns", "k", sealed)).isEqualTo(VALUE);
    assertThat(secrets.seal("ns", "k", VALUE)).isNotEqualTo(sealed);
  }

  @Test
  void opensNothingInAnotherPlaceOrChanged() {
    Bytes sealed = secrets.seal("ns", "k", VALUE);
    assertThatThrownBy(() -> secrets.open("ns", "other", sealed)).isInstanceOf(Failure.class);
    assertThatThrownBy(() -> secrets.open("other", "k", sealed)).isInstanceOf(Failure.class);
    byte[] changed = sealed.toArray();
    changed[changed.length - 1] ^= 1;
    assertThatThrownBy(() -> secrets.open("ns", "k", Bytes.wrap(changed)))
        .isInstanceOf(Failure.class);
  }

  @Test
  void refusesToKeepASecretWithoutAKey() {
    assertThatThrownBy(
            () -> new Secrets(new SecretKeys("config", List.of())).seal("ns", "k", VALUE))
        .hasMessageContaining("/secret needs a key to encrypt with: set config.secretKeys");
  }

  @Test
  void changesToAnotherKeyWithoutAGap() {
    ConfigRig rig = new ConfigRig();
    Change secret = Change.put("s", Content.text("s", "hunter2").asSecret());
    Change gray = Change.put("g", Content.text("g", "hunter3").asSecret());
    Outcome first = await(rig.service().release(new Release("ns", List.of(secret), Terms.NONE)));
    GrayRule rule = new GrayRule(List.of("x"), java.util.Optional.empty(), "");
    PutGray some = new PutGray("ns", "some", 1, rule, List.of(gray), Terms.NONE);
    assertThat(await(rig.service().putGray(some)).revision()).isGreaterThan(first.revision());
    ConfigService both = rig.node("n2", ConfigRig.NEW_KEY, ConfigRig.OLD_KEY);
    ConfigService fresh = rig.node("n3", ConfigRig.NEW_KEY);
    ReadConfig reveal = ReadConfig.one("ns", "s").revealed();
    assertThat(Failure.of(catchThrowable(() -> await(fresh.get(reveal)))).code())
        .isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(await(both.get(reveal)).text()).contains("hunter2");
    assertThat(await(both.reEncrypt("ns", Terms.NONE))).isZero();
    assertThat(await(fresh.get(reveal)).text()).contains("hunter2");
    ReadConfig forSome =
        ReadConfig.one("ns", "g").as(new Audience("", java.util.Set.of("x"))).revealed();
    assertThat(await(fresh.get(forSome)).text()).contains("hunter3");
    rig.close();
  }
}
