package io.vertebra.auth;

/** Something genuine that somebody showed. Whether it is still good is judged whenever asked. */
@FunctionalInterface
interface Credential {
  /**
   * Whose it is and what they may do at present.
   *
   * @throws io.vertebra.api.Failure {@code UNAUTHENTICATED} once it ended or was revoked
   */
  Principal principal();
}
