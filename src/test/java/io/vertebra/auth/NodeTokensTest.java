package io.vertebra.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vertebra.api.Failure;
import io.vertebra.crypto.SecretKeys;
import io.vertebra.testkit.TestClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class NodeTokensTest {
  private final TestClock clock = new TestClock();
  private final SecretKeys secrets = new SecretKeys("auth", List.of(AuthRig.SECRET));
  private final NodeTokens one = new NodeTokens(secrets, "n1", clock);
  private final NodeTokens two = new NodeTokens(secrets, "n2", clock);

  private void refuses(NodeTokens node, String token, String address, String action) {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> node.authenticate(token, address, action));
  }

  @Test
  void takesAMessageOnce() {
    String token = one.issue("a", "put");
    assertThat(two.authenticate(token, "a", "put").kind()).isEqualTo(Principal.Kind.NODE);
    refuses(two, token, "a", "put");
    String own = one.issue("a.n2", "put");
    assertThat(two.authenticate(own, "a", "put").kind()).isEqualTo(Principal.Kind.NODE);
    refuses(two, own, "a", "put");
  }

  @Test
  void takesItForNothingElse() {
    String token = one.issue("a.n2", "put");
    refuses(two, token, "b", "put");
    refuses(two, token, "a", "get");
    refuses(one, token, "a", "put");
    for (int i = 0; i < token.length(); i++) {
      char other = token.charAt(i) == '1' ? '2' : '1';
      refuses(two, "Node " + token.substring(5, Math.max(5, i)) + other, "a", "put");
    }
    String number = token.replaceFirst("\\.n1\\.1\\.", ".n1.2.");
    assertThat(number).isNotEqualTo(token);
    refuses(two, number, "a", "put");
    refuses(two, token.replace(".n1.", ".n3."), "a", "put");
    assertThat(two.authenticate(token, "a", "put").name()).isEqualTo("node");
  }

  @Test
  void takesItWhileItIsFresh() {
    String token = one.issue("a", "put");
    clock.advance(Duration.ofSeconds(30));
    refuses(two, token, "a", "put");
    assertThat(two.authenticate(one.issue("a", "put"), "a", "put").name()).isEqualTo("node");
  }

  @Test
  void aWindowTakesEachNumberOnceInAnyOrderThatIsNotTooFarOut() {
    Random random = new Random(7);
    ReplayWindow window = new ReplayWindow();
    Set<Long> came = new HashSet<>();
    List<Long> late = new ArrayList<>();
    for (long number = 1; number <= 60_000; number++) {
      if (random.nextInt(10) == 0) {
        late.add(number);
      } else {
        assertThat(window.take(number)).isTrue();
        came.add(number);
      }
      if (late.size() == 500) {
        Collections.shuffle(late, random);
        late.forEach(each -> assertThat(window.take(each)).as("%d", each).isTrue());
        came.addAll(late);
        late.clear();
      }
    }
    came.forEach(each -> assertThat(window.take(each)).as("%d again", each).isFalse());
    assertThat(window.take(0)).isFalse();
    assertThat(window.take(60_000 + 3L * ReplayWindow.LENGTH)).isTrue();
    assertThat(window.take(60_001)).as("too far behind").isFalse();
    assertThat(window.take(60_001 + 2L * ReplayWindow.LENGTH)).isTrue();
  }
}
