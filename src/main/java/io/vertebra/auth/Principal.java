package io.vertebra.auth;

import java.util.Set;

/**
 * Who calls.
 *
 * @param name of the user or API key
 * @param session the login, empty for none
 */
public record Principal(Kind kind, String name, Set<Permission> permissions, String session) {
  /** Whoever calls where nobody is asked who they are. */
  static final Principal ANYBODY = new Principal(Kind.ANYBODY, "-", Set.of(Permission.ALL), "");

  /** Whoever showed nothing. */
  static final Principal NOBODY = new Principal(Kind.NOBODY, "-", Set.of(), "");

  /** What stands behind a name. */
  public enum Kind {
    USER,
    API_KEY,
    CERTIFICATE,
    NODE,
    ANYBODY,
    NOBODY
  }

  public Principal {
    permissions = Set.copyOf(permissions);
  }

  /** Whom it is told apart by; empty for a member, and where nobody is asked. */
  String id() {
    return switch (kind) {
      case USER, API_KEY, CERTIFICATE -> kind + ":" + name;
      case NODE, ANYBODY, NOBODY -> "";
    };
  }

  boolean may(Permission.Asked asked) {
    return permissions.stream().anyMatch(each -> each.includes(asked));
  }

  /** Whether it is this user, or a user need not say who it is. */
  boolean isUser(String wanted) {
    return kind == Kind.USER && name.equals(wanted);
  }
}
