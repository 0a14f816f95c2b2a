package io.vertebra.auth;

import io.netty.util.NetUtil;
import java.util.Arrays;
import java.util.HexFormat;

/** The part of an address that one attacker hardly has two of: 24 bits of IPv4, 48 of IPv6. */
final class AddressPrefix {
  private static final int IPV4_BYTES = 3;
  private static final int IPV6_BYTES = 6;

  private AddressPrefix() {}

  /** For what is no address, one for all. */
  static String of(String address) {
    int zone = address.indexOf('%');
    byte[] bytes =
        NetUtil.createByteArrayFromIpAddressString(zone < 0 ? address : address.substring(0, zone));
    if (bytes == null) {
      return "-";
    }
    return HexFormat.of()
        .formatHex(Arrays.copyOf(bytes, bytes.length == 4 ? IPV4_BYTES : IPV6_BYTES));
  }
}
