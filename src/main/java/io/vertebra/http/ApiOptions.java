package io.vertebra.http;

import io.netty.util.NetUtil;
import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The section {@code api}: that of a listener and this.
 *
 * @param token what every request but a probe must carry as {@code Authorization: Bearer}, 16 to
 *     1,024 characters; without one the listener binds to a loopback address only
 * @param tokenFile where the token is read from at the start instead
 * @param maxBusInFlight operations under way over the bus at once, 1 to 1,000,000, 4,096 unless
 *     given
 * @param maxWaiting calls that wait for news at once, over HTTP and the bus, 1 to 1,000,000, 4,096
 *     unless given
 */
public record ApiOptions(
    ListenerOptions listener,
    Optional<String> token,
    Optional<Path> tokenFile,
    int maxBusInFlight,
    int maxWaiting) {

  public ApiOptions {
    if (token.isPresent() && tokenFile.isPresent()) {
      throw Failure.invalid("/tokenFile", "and token exclude each other");
    }
    if (token.isEmpty() && tokenFile.isEmpty() && !isLoopback(listener.host())) {
      throw Failure.invalid(
          "/host",
          "must be a loopback address such as 127.0.0.1 unless api.token or api.tokenFile is set");
    }
  }

  public static ApiOptions from(Fields fields) {
    Supplier<ListenerOptions> listener = ListenerOptions.reading(fields, ListenerOptions.API);
    Optional<String> token =
        fields
            .text("token", 16, 1024)
            .secret()
            .about("Bearer token that every request but a probe must carry.")
            .optional();
    Optional<String> tokenFile =
        fields.text("tokenFile", 1, 4096).about("File that holds the token instead.").optional();
    int maxBusInFlight =
        fields
            .integer("maxBusInFlight", 1, 1_000_000)
            .about("Operations under way over the bus at once.")
            .orElse(4096);
    int maxWaiting =
        fields
            .integer("maxWaiting", 1, 1_000_000)
            .about("Calls that wait for news at once: event streams and long polls.")
            .orElse(4096);
    return fields.build(
        () ->
            new ApiOptions(
                listener.get(), token, tokenFile.map(Path::of), maxBusInFlight, maxWaiting));
  }

  /** Whether the token travels beyond this machine for everyone on the way to read. */
  boolean showsToken() {
    return !isLoopback(listener.host()) && listener.tls().isEmpty();
  }

  /** Only what is certainly one: a name is not looked up. */
  private static boolean isLoopback(String host) {
    byte[] address = NetUtil.createByteArrayFromIpAddressString(host);
    try {
      return address == null
          ? host.equals("localhost")
          : InetAddress.getByAddress(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** The token stays out of logs. */
  @Override
  public String toString() {
    return "ApiOptions[listener=" + listener + ", tokenFile=" + tokenFile + "]";
  }
}
