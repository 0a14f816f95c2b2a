package io.vertebra.balancer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.balancer.CookieOptions.SameSite;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class StickyCookieTest {
  private static final byte[] KEY = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final String ID = "10.0.0.1:8080";

  private final StickyCookie cookie = cookie("sticky", KEY);

  @Test
  void givesBackTheEndpointItSigned() {
    assertThat(cookie.endpointOf(cookie.valueOf(ID))).contains(ID);
    assertThat(cookie.valueOf(ID)).matches("[A-Za-z0-9_.-]+");
  }

  @Test
  void refusesEveryValueWithOneCharacterChanged() {
    String value = cookie.valueOf(ID);
    for (int i = 0; i < value.length(); i++) {
      char other = value.charAt(i) == 'A' ? 'B' : 'A';
      String forged = value.substring(0, i) + other + value.substring(i + 1);
      assertThat(cookie.endpointOf(forged)).as(forged).isEmpty();
    }
  }

  @Test
  void refusesOtherKeysOtherCookiesAndNonsense() {
    String value = cookie.valueOf(ID);
    byte[] otherKey = "fedcba9876543210".getBytes(StandardCharsets.US_ASCII);
    assertThat(cookie("sticky", otherKey).endpointOf(value)).isEmpty();
    assertThat(cookie("other", KEY).endpointOf(value)).isEmpty();
    for (String nonsense : new String[] {"", ".", "a", "a.", ".a", "!.!", "a.".repeat(5000)}) {
      assertThat(cookie.endpointOf(nonsense)).isEmpty();
    }
    assertThat(cookie.endpointOf(value.substring(0, value.indexOf('.') + 1))).isEmpty();
  }

  @Test
  void setsOnlyTheAttributesWanted() {
    assertThat(cookie.setCookie(ID))
        .isEqualTo("sticky=" + cookie.valueOf(ID) + "; Path=/; HttpOnly; SameSite=Lax");
    CookieOptions all =
        new CookieOptions("id", Optional.of(Duration.ofMinutes(2)), true, SameSite.NONE);
    assertThat(new StickyCookie(all, KEY).setCookie(ID))
        .endsWith("; Path=/; Max-Age=120; Secure; HttpOnly; SameSite=None");
  }

  @Test
  void refusesAShortKey() {
    assertThatThrownBy(() -> cookie("sticky", new byte[15]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static StickyCookie cookie(String name, byte[] key) {
    return new StickyCookie(new CookieOptions(name, Optional.empty(), false, SameSite.LAX), key);
  }
}
