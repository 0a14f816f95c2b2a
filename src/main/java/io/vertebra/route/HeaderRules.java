package io.vertebra.route;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What may stand in the headers of a definition. Sources: RFC 9110 section 5.6.2 (token), 5.5
 * (field value), 7.6.1 (fields that concern one connection), and RFC 9112 section 6 (what frames a
 * message).
 */
final class HeaderRules {
  static final int MAX_VALUE = 4096;

  private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}");
  private static final Pattern FIELD_VALUE =
      Pattern.compile("|[!-~\\x80-\\xff]([\\t !-~\\x80-\\xff]*[!-~\\x80-\\xff])?");
  private static final Set<String> REFUSED =
      Set.of(
          "connection",
          "content-length",
          "host",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade");
  private static final Set<String> RESERVED =
      Set.of(
          "authorization",
          "client-cert",
          "client-cert-chain",
          "cookie",
          "expect",
          "forwarded",
          "http2-settings",
          "traceparent",
          "tracestate",
          "via",
          "x-real-ip");
  private static final String REFUSED_DETAIL =
      " and none of " + String.join(", ", REFUSED.stream().sorted().toList());

  /** Conditions on a request's headers: any name, any value. */
  static final Rule<Map<String, String>> CONDITIONS =
      new Rule<>(
          headers -> allTokens(headers) && allValues(headers),
          "must hold header names that are tokens, and values without control characters or space"
              + " around them");

  /** Headers set by the gateway. */
  static final Rule<Map<String, String>> SET =
      new Rule<>(
          headers ->
              allTokens(headers)
                  && allValues(headers)
                  && headers.keySet().stream().noneMatch(HeaderRules::isRefused),
          CONDITIONS.detail() + "; names must be different" + REFUSED_DETAIL);

  /** Headers removed by the gateway. */
  static final Rule<List<String>> REMOVED =
      new Rule<>(
          names ->
              names.stream().allMatch(HeaderRules::isToken)
                  && names.stream().noneMatch(HeaderRules::isRefused),
          "must hold header names that are tokens" + REFUSED_DETAIL);

  /** Headers in which claims of tokens are passed on, and the claims. */
  static final Rule<Map<String, String>> CLAIMS =
      new Rule<>(
          headers ->
              headers.keySet().stream().allMatch(HeaderRules::isToken)
                  && headers.keySet().stream().noneMatch(HeaderRules::isRefusedForClaims)
                  && headers.keySet().stream().map(HeaderRules::plain).distinct().count()
                      == headers.size()
                  && headers.values().stream().noneMatch(String::isEmpty),
          "must hold claims by header names that are tokens, differ in letters or digits, and are"
              + " none that the gateway or HTTP has a meaning for");

  private HeaderRules() {}

  /** The name as servers know it to which all signs are one. */
  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "-");
  }

  private static boolean isRefusedForClaims(String name) {
    String plain = plain(name);
    return isRefused(plain)
        || RESERVED.contains(plain)
        || plain.startsWith("x-forwarded-")
        || plain.startsWith("content-");
  }

  static boolean isToken(String text) {
    return TOKEN.matcher(text).matches();
  }

  private static boolean isRefused(String name) {
    return REFUSED.contains(name.toLowerCase(Locale.ROOT));
  }

  private static boolean allTokens(Map<String, String> headers) {
    long different =
        headers.keySet().stream().map(name -> name.toLowerCase(Locale.ROOT)).distinct().count();
    return different == headers.size() && headers.keySet().stream().allMatch(HeaderRules::isToken);
  }

  private static boolean allValues(Map<String, String> headers) {
    return headers.values().stream().allMatch(value -> FIELD_VALUE.matcher(value).matches());
  }
}
