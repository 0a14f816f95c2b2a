package org.apache.ratis.server.impl;

import org.apache.ratis.server.RaftServer;

/** Does to a server of Ratis what entries do that it is sent again, too late. */
public final class Forgetting {
  private Forgetting() {}

  /** Has it forget who the members are, as far as entries from this one on told it. */
  public static void membersSince(RaftServer.Division division, long index) {
    ((RaftServerImpl) division).getState().truncate(index);
  }
}
