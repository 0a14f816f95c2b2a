package io.vertebra.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.MultiMap;

/**
 * What clients of AWS show of who they are. They sign requests by a secret that this server does
 * not know, so the signature says nothing here; but they also send the token of a session, which
 * can be a token or an API key of ours.
 *
 * <p>Source: AWS Signature Version 4 for API requests.
 */
public final class AwsCredential {
  private static final String SESSION_TOKEN = "x-amz-security-token";
  private static final String SIGNATURE = "AWS4-";

  private AwsCredential() {}

  /** Whether there is anything but a signature, be it empty. */
  public static boolean isShown(MultiMap headers) {
    String given = headers.get(HttpHeaderNames.AUTHORIZATION);
    return headers.contains(SESSION_TOKEN) || (given != null && !given.startsWith(SIGNATURE));
  }

  /** As {@code Authorization} would say it; empty if there is nothing but a signature. */
  public static String of(MultiMap headers) {
    String token = headers.get(SESSION_TOKEN);
    if (token != null) {
      return "Bearer " + token.strip();
    }
    String given = headers.get(HttpHeaderNames.AUTHORIZATION);
    return given == null || given.startsWith(SIGNATURE) ? "" : given;
  }
}
