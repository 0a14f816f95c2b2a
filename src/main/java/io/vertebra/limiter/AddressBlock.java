package io.vertebra.limiter;

import io.netty.util.NetUtil;
import io.vertebra.api.Failure;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * A block of addresses in CIDR notation (RFC 4632, RFC 4291 section 2.3), with nothing behind its
 * prefix. An IPv4 address within IPv6 counts as the former.
 *
 * @param prefix 8 or 32 hexadecimal digits
 * @param bits length of the prefix
 */
public record AddressBlock(String prefix, int bits) {
  private static final int MAPPED = 12;

  /**
   * Reads a block, or an address as the block of itself alone.
   *
   * @throws Failure {@code INVALID} with the pointer
   */
  static AddressBlock of(String text, String pointer) {
    int slash = text.indexOf('/');
    byte[] address = bytes(slash < 0 ? text : text.substring(0, slash));
    if (address == null) {
      throw Failure.invalid(pointer, "must be an IP address or a block such as 10.0.0.0/8");
    }
    int most = address.length * 8;
    String length = slash < 0 ? String.valueOf(most) : text.substring(slash + 1);
    if (!length.matches("\\d{1,3}") || Integer.parseInt(length) > most) {
      throw Failure.invalid(pointer, "must have a prefix length of 0 to " + most);
    }
    return of(address, Integer.parseInt(length));
  }

  /** The block in which an address lies, as text for a key; text that is no address as it is. */
  static String around(String address, int ipv4Bits, int ipv6Bits) {
    byte[] bytes = bytes(address);
    if (bytes == null) {
      return address;
    }
    int bits = bytes.length == 4 ? ipv4Bits : ipv6Bits;
    return bits == bytes.length * 8 ? of(bytes, bits).prefix : of(bytes, bits).toString();
  }

  boolean contains(String address) {
    byte[] bytes = bytes(address);
    return bytes != null && bytes.length * 2 == prefix.length() && of(bytes, bits).equals(this);
  }

  private static AddressBlock of(byte[] address, int bits) {
    byte[] prefix = address.clone();
    for (int i = 0; i < prefix.length; i++) {
      int kept = Math.max(0, Math.min(8, bits - i * 8));
      prefix[i] = (byte) (prefix[i] & (0xff00 >> kept));
    }
    return new AddressBlock(HexFormat.of().formatHex(prefix), bits);
  }

  private static byte @Nullable [] bytes(String text) {
    byte[] bytes = NetUtil.createByteArrayFromIpAddressString(text);
    if (bytes == null || bytes.length == 4) {
      return bytes;
    }
    boolean mapped = (bytes[10] & bytes[11] & 0xff) == 0xff;
    for (int i = 0; i < MAPPED - 2; i++) {
      mapped &= bytes[i] == 0;
    }
    return mapped ? Arrays.copyOfRange(bytes, MAPPED, 16) : bytes;
  }

  /** As {@link #of(String, String)} reads it. */
  String text() {
    try {
      byte[] address = HexFormat.of().parseHex(prefix);
      return InetAddress.getByAddress(address).getHostAddress() + "/" + bits;
    } catch (UnknownHostException cannotBe) {
      throw new IllegalStateException(cannotBe);
    }
  }

  @Override
  public String toString() {
    return prefix + "/" + bits;
  }
}
