package io.vertebra.raft;

import io.vertebra.kv.EngineStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** What an engine offers to those who decide on its members. Safe for any thread. */
interface Membership {

  /**
   * The members as of the last agreement known here, in the order of their ids; empty while this
   * one waits to be added.
   */
  List<Peer> members();

  /** Where this member stands. */
  EngineStatus status();

  /**
   * Agrees on {@code next} in one step if the members are still those of {@code expected}; the new
   * ones must run, with an empty group. Any member may be asked. Fails with {@code CONFLICT} if
   * they are others or are just changing, {@code UNAVAILABLE} if nothing changed, {@code TIMEOUT}
   * if that is not known.
   */
  CompletionStage<Void> setMembers(List<Peer> expected, List<Peer> next, Duration deadline);

  /** Lets another member lead. Any member may be asked. */
  CompletionStage<Void> transferLead(long memberId, Duration deadline);
}
