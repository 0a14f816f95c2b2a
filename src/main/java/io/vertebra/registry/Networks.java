package io.vertebra.registry;

import io.netty.util.NetUtil;
import io.vertebra.api.Failure;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;

/**
 * Blocks of addresses that checks may call.
 *
 * @param blocks in CIDR notation (RFC 4632, RFC 4291 section 2.3)
 */
record Networks(List<Block> blocks) {

  /**
   * Addresses that begin alike.
   *
   * @param length bytes of an address, 4 or 16
   * @param bits that count
   * @param prefix those bits
   */
  record Block(int length, int bits, BigInteger prefix) {

    static Block of(String text, String pointer) {
      int slash = text.indexOf('/');
      byte[] address =
          NetUtil.createByteArrayFromIpAddressString(slash < 0 ? text : text.substring(0, slash));
      if (address == null) {
        throw Failure.invalid(pointer, "must be an IP address or a block such as 10.0.0.0/8");
      }
      int most = address.length * 8;
      String length = slash < 0 ? Integer.toString(most) : text.substring(slash + 1);
      if (!length.matches("\\d{1,3}") || Integer.parseInt(length) > most) {
        throw Failure.invalid(pointer, "must have a prefix length of 0 to " + most);
      }
      int bits = Integer.parseInt(length);
      return new Block(address.length, bits, beginning(address, bits));
    }

    boolean contains(byte[] address) {
      return address.length == length && beginning(address, bits).equals(prefix);
    }

    private static BigInteger beginning(byte[] address, int bits) {
      return new BigInteger(1, address).shiftRight(address.length * 8 - bits);
    }
  }

  /** Reads blocks; throws {@code INVALID} for one that is none. */
  static Networks of(List<String> texts, String pointer) {
    List<Block> blocks = new ArrayList<>();
    for (String text : texts) {
      blocks.add(Block.of(text, pointer + "/" + blocks.size()));
    }
    return new Networks(List.copyOf(blocks));
  }

  /**
   * Whether an address is within.
   *
   * @param address an IP address in text
   */
  boolean contain(String address) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
    return bytes != null && blocks.stream().anyMatch(block -> block.contains(bytes));
  }
}
