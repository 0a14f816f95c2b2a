package io.vertebra.api;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Tells which hosts only this machine reaches. */
public final class Loopback {
  private Loopback() {}

  /** Only what is certainly one: a name other than {@code localhost} is not looked up. */
  public static boolean contains(String host) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
    try {
      return address == null
          ? host.equals("localhost")
          : InetAddress.getByAddress(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
