package io.vertebra.raft;

final class OneMemberKvServiceTest extends RaftKvServiceContract {
  OneMemberKvServiceTest() {
    super(1);
  }
}
