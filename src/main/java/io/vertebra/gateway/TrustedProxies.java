package io.vertebra.gateway;

import io.netty.util.NetUtil;
import io.vertebra.api.AddressBlock;
import io.vertebra.api.Failure;
import java.util.ArrayList;
import java.util.List;

/**
 * The networks whose proxies are believed when they say who the client was.
 *
 * @param networks address blocks in CIDR notation (RFC 4632, RFC 4291 section 2.3)
 */
record TrustedProxies(List<AddressBlock> networks) {

  /**
   * Reads address blocks.
   *
   * @throws Failure {@code INVALID} with the pointer {@code /trustedProxies/<index>}
   */
  static TrustedProxies of(List<String> blocks) {
    List<AddressBlock> networks = new ArrayList<>();
    for (String block : blocks) {
      networks.add(AddressBlock.of(block, "/trustedProxies/" + networks.size()));
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
    for (AddressBlock network : networks) {
      if (network.contains(bytes)) {
        return true;
      }
    }
    return false;
  }
}
