package io.vertebra.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Failure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TrustedProxiesTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 11.0.0.0, false",
    "192.168.4.0/22, 192.168.7.255, true",
    "192.168.4.0/22, 192.168.8.0, false",
    "192.0.2.7, 192.0.2.7, true",
    "192.0.2.7, 192.0.2.8, false",
    "0.0.0.0/0, 203.0.113.9, true",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "10.0.0.0/8, 2001:db8::1, false",
    "::/0, 10.0.0.1, false",
    "10.0.0.0/8, unknown, false"
  })
  void knowsWhichAddressesABlockHolds(String block, String address, boolean held) {
    assertThat(TrustedProxies.of(List.of(block)).contains(address)).isEqualTo(held);
  }

  @Test
  void namesTheBlockThatIsNone() {
    assertThatThrownBy(() -> TrustedProxies.of(List.of("10.0.0.0/8", "10.0.0.0/33")))
        .isInstanceOf(Failure.class)
        .hasMessage("/trustedProxies/1 must have a prefix length of 0 to 32");
    assertThatThrownBy(() -> TrustedProxies.of(List.of("example.com")))
        .isInstanceOf(Failure.class)
        .hasMessageContaining("/trustedProxies/0 must be an IP address or a block");
  }
}
