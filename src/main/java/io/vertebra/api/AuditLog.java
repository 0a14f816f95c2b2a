package io.vertebra.api;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one line for each act that security depends on: who, what, from where, with what result.
 */
public final class AuditLog {
  private static final Logger LOG = LoggerFactory.getLogger("vertebra.audit");
  private static final int MAX_LENGTH = 300;

  private AuditLog() {}

  /**
   * Writes it.
   *
   * @param act as {@code login} or {@code auth.create-user}
   * @param who by name; as it was claimed, where it was not proven
   * @param what was acted upon
   * @param result {@code ok}, or the code of the failure
   */
  public static void record(String act, String who, String from, String what, String result) {
    LOG.info(
        "act={} who={} from={} what={} result={}",
        word(act),
        word(who),
        word(from),
        word(what),
        word(result));
  }

  /** One word of a line, whatever a client wrote. */
  private static String word(String text) {
    String cut = text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) : text;
    String plain =
        cut.codePoints()
            .map(
                c ->
                    Character.isISOControl(c) || Character.isWhitespace(c) || c == '=' || c == '"'
                        ? '_'
                        : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return plain.isEmpty() ? "-" : plain;
  }
}
