package io.vertebra.auth;

import io.vertebra.api.Failure;
import java.util.regex.Pattern;

/**
 * What somebody may do, written {@code concern:action:name} as {@code locks:write:orders/*}.
 *
 * @param concern as in the paths of its operations, or {@code *} for any
 * @param action {@code read}, {@code write}, {@code admin}, or {@code *} for any; none includes
 *     another
 * @param name of what it is done to; a {@code *} at its end stands for anything
 */
public record Permission(String concern, String action, String name) {
  private static final Pattern CONCERN = Pattern.compile("\\*|[a-z][a-z0-9.-]{0,59}");
  private static final Pattern ACTION = Pattern.compile("\\*|read|write|admin");
  private static final int MAX_NAME_LENGTH = 400;

  /** Everything; after the patterns by which it is checked. */
  public static final Permission ALL = new Permission("*", "*", "*");

  public Permission {
    boolean plain =
        CONCERN.matcher(concern).matches()
            && ACTION.matcher(action).matches()
            && !name.isEmpty()
            && name.length() <= MAX_NAME_LENGTH
            && name.chars().noneMatch(c -> Character.isISOControl(c) || c == ' ');
    if (!plain) {
      throw Failure.invalid(
          "/permissions", "must be concern:action:name, with read, write, admin or * as action");
    }
  }

  /**
   * Reads one.
   *
   * @throws Failure {@code INVALID}
   */
  public static Permission parse(String text) {
    String[] parts = text.split(":", 3);
    if (parts.length < 3) {
      throw Failure.invalid("/permissions", "must be concern:action:name");
    }
    return new Permission(parts[0], parts[1], parts[2]);
  }

  /**
   * Whether it includes something.
   *
   * @param asked its name is what is acted upon, empty if that is no single thing, or ends in
   *     {@code *} if it is all that begins so
   */
  boolean includes(Asked asked) {
    return (concern.equals("*") || concern.equals(asked.concern()))
        && (action.equals("*") || action.equals(asked.action()))
        && includesName(asked.name());
  }

  private boolean includesName(String asked) {
    return name.endsWith("*")
        ? asked.startsWith(name.substring(0, name.length() - 1))
        : name.equals(asked);
  }

  @Override
  public String toString() {
    return concern + ":" + action + ":" + name;
  }

  /** What somebody wants to do, in the same words. */
  record Asked(String concern, String action, String name) {
    @Override
    public String toString() {
      return concern + ":" + action + ":" + (name.isEmpty() ? "*" : name);
    }
  }
}
