package io.vertebra.registry;

import java.time.Instant;

/**
 * What a check last found.
 *
 * @param output for people, at most 4,096 characters; what is longer is cut off
 * @param since when it came to this status, by the clock of the node that noticed
 */
public record CheckState(CheckStatus status, String output, Instant since) {
  /** Characters of output that are kept. */
  public static final int MAX_OUTPUT = 4_096;

  public CheckState {
    output = output.length() > MAX_OUTPUT ? output.substring(0, MAX_OUTPUT) : output;
  }
}
