package io.vertebra.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AllowedHostsTest {

  private static InetAddress address(String text) throws UnknownHostException {
    return InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString(text));
  }

  @ParameterizedTest
  @CsvSource({
    "1.1.1.1, true",
    "8.8.8.8, true",
    "172.15.255.255, true",
    "172.32.0.0, true",
    "100.128.0.0, true",
    "192.0.1.1, true",
    "223.255.255.255, true",
    "2606:4700::1111, true",
    "2400::1, true",
    "0.0.0.0, false",
    "10.1.2.3, false",
    "100.64.0.1, false",
    "127.0.0.1, false",
    "127.255.255.255, false",
    "169.254.169.254, false",
    "172.16.0.1, false",
    "172.31.255.255, false",
    "192.0.0.8, false",
    "192.0.2.1, false",
    "192.168.1.1, false",
    "198.19.0.1, false",
    "203.0.113.9, false",
    "224.0.0.1, false",
    "255.255.255.255, false",
    "::, false",
    "::1, false",
    "::ffff:127.0.0.1, false",
    "::ffff:10.0.0.1, false",
    "64:ff9b::a00:1, false",
    "2001::1, false",
    "2001:db8::1, false",
    "2002:a00:1::1, false",
    "fc00::1, false",
    "fd00:ec2::254, false",
    "fe80::1, false",
    "ff02::1, false"
  })
  void takesForPublicOnlyWhatTheInternetReaches(String text, boolean isPublic)
      throws UnknownHostException {
    assertThat(AllowedHosts.of(List.of("public")).contains(address(text))).isEqualTo(isPublic);
  }

  @Test
  void allowsNothingThatIsNotWritten() throws UnknownHostException {
    AllowedHosts none = AllowedHosts.of(List.of());
    assertThat(none.contains(address("1.1.1.1"))).isFalse();
    assertThat(none.contains(address("127.0.0.1"))).isFalse();
    assertThat(none.names("localhost")).isFalse();
  }

  @Test
  void knowsLoopbackAndBlocks() throws UnknownHostException {
    AllowedHosts some =
        AllowedHosts.of(List.of("loopback", "10.1.0.0/16", "fd00:1::/32", "9.9.9.9"));
    for (String in : List.of("127.0.0.1", "::1", "10.1.255.1", "fd00:1:2::3", "9.9.9.9")) {
      assertThat(some.contains(address(in))).as(in).isTrue();
    }
    for (String out : List.of("10.2.0.1", "fd00:2::1", "9.9.9.8", "128.0.0.1")) {
      assertThat(some.contains(address(out))).as(out).isFalse();
    }
  }

  @Test
  void knowsNamesHoweverTheyAreWritten() {
    AllowedHosts some = AllowedHosts.of(List.of("Hooks.example.com", "*.shop.test"));
    assertThat(some.names("hooks.EXAMPLE.com")).isTrue();
    assertThat(some.names("hooks.example.com.")).isTrue();
    assertThat(some.names("a.shop.test")).isTrue();
    assertThat(some.names("b.a.shop.test")).isTrue();
    assertThat(some.names("shop.test")).isFalse();
    assertThat(some.names("evilshop.test")).isFalse();
    assertThat(some.names("example.com")).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.0/33", "10.0.0", "http://a", "a.*", "*", "::1/129", "a b", "a:80"})
  void refusesWhatIsNoHost(String written) {
    assertThatThrownBy(() -> AllowedHosts.of(List.of("public", written)))
        .hasMessageContaining("/hosts/1");
  }
}
