package io.vertebra.faults;

import io.vertebra.testkit.linear.Register;

/** What a client knows of a call when it is over. */
sealed interface Reply {

  /** It was answered. */
  record Done(Register.Output output) implements Reply {}

  /** It certainly had no effect and never will. */
  record NotDone(String why) implements Reply {}

  /** It may have happened, or may yet. */
  record Unknown(String why) implements Reply {}
}
