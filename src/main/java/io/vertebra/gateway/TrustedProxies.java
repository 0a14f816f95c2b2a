package io.vertebra.gateway;

import io.netty.util.NetUtil;
import io.vertebra.api.Failure;
import java.util.ArrayList;
import java.util.List;

/**
 * The networks whose proxies are believed when they say who the client was.
 *
 * @param networks address blocks in CIDR notation (RFC 4632, RFC 4291 section 2.3)
 */
record TrustedProxies(List<Network> networks) {

  /**
   * Reads address blocks.
   *
   * @throws Failure {@code INVALID} with the pointer {@code /trustedProxies/<index>}
   */
  static TrustedProxies of(List<String> blocks) {
    List<Network> networks = new ArrayList<>();
    for (String block : blocks) {
      networks.add(Network.of(block, "/trustedProxies/" + networks.size()));
    }
    return new TrustedProxies(List.copyOf(networks));
  }

  boolean contains(String address) {
    if (networks.isEmpty()) {
      return false;
    }
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
    if (bytes == null) {
      return false;
    }
    for (Network network : networks) {
      if (network.contains(bytes)) {
        return true;
      }
    }
    return false;
  }

  @SuppressWarnings("ArrayRecordComponent")
  record Network(byte[] prefix, int bits) {

    static Network of(String block, String pointer) {
      int slash = block.indexOf('/');
      String address = slash < 0 ? block : block.substring(0, slash);
      byte[] prefix = NetUtil.createByteArrayFromIpAddressString(address);
      if (prefix == null) {
        throw Failure.invalid(pointer, "must be an IP address or a block such as 10.0.0.0/8");
      }
      int most = prefix.length * 8;
      String length = slash < 0 ? String.valueOf(most) : block.substring(slash + 1);
      if (!length.matches("\\d{1,3}") || Integer.parseInt(length) > most) {
        throw Failure.invalid(pointer, "must have a prefix length of 0 to " + most);
      }
      return new Network(prefix, Integer.parseInt(length));
    }

    boolean contains(byte[] address) {
      if (address.length != prefix.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit += 8) {
        int mask = bits - bit >= 8 ? 0xff : 0xff << (8 - (bits - bit));
        if (((address[bit / 8] ^ prefix[bit / 8]) & mask) != 0) {
          return false;
        }
      }
      return true;
    }
  }
}
