package io.vertebra.api;

import io.netty.util.NetUtil;

/**
 * A block of addresses.
 *
 * <p>Source: the CIDR notation of RFC 4632 and RFC 4291 section 2.3.
 *
 * @param prefix an address of it, 4 or 16 bytes
 * @param bits how many of its first bits all of them have
 */
@SuppressWarnings("ArrayRecordComponent")
public record AddressBlock(byte[] prefix, int bits) {

  /**
   * Reads an address or a block.
   *
   * @throws Failure {@code INVALID} with the pointer given
   */
  public static AddressBlock of(String block, String pointer) {
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
    return new AddressBlock(prefix, Integer.parseInt(length));
  }

  /** Whether an address of 4 or 16 bytes is in it; one of the other length never is. */
  public boolean contains(byte[] address) {
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
