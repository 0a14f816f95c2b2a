package io.vertebra;

import io.vertx.core.Future;
import java.net.UnknownHostException;

/** Why a node does not start, as one sentence for the person who started it. */
final class StartFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private StartFailure(String sentence, Throwable cause) {
    super(sentence, cause, false, false);
  }

  /** What kept the node from listening on the host and port of a section of the options. */
  static <T> Future<T> listening(String section, String host, int port, Throwable cause) {
    return listening(section, section + ".host", host, port, cause);
  }

  /**
   * The same for a section without a host of its own.
   *
   * @param hostOption path of the option that names the host
   */
  static <T> Future<T> listening(
      String section, String hostOption, String host, int port, Throwable cause) {
    String sentence = sentence(section, hostOption, host, port, cause);
    return Future.failedFuture(new StartFailure(sentence, cause));
  }

  /** The sentence for any cause. */
  static String sentence(Throwable cause) {
    return cause instanceof StartFailure
        ? String.valueOf(cause.getMessage())
        : "cannot start: " + describe(cause);
  }

  private static String sentence(
      String section, String hostOption, String host, int port, Throwable cause) {
    String at = host + ":" + port;
    if (says(cause, "already in use")) {
      return "cannot listen on " + at + ", the port is in use: free it or set " + section + ".port";
    }
    if (says(cause, "Permission denied")) {
      return "may not listen on " + at + ": set " + section + ".port to 1024 or above";
    }
    if (cause instanceof UnknownHostException
        || says(cause, "Cannot assign requested address")
        || says(cause, "No matching network interface")) {
      return host + " is no address of this machine: set " + hostOption;
    }
    return "cannot open " + section + " on " + at + ": " + describe(cause);
  }

  private static boolean says(Throwable thrown, String words) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (String.valueOf(cause.getMessage()).contains(words)) {
        return true;
      }
    }
    return false;
  }

  private static String describe(Throwable cause) {
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }
}
