package io.vertebra.faults;

import java.util.List;

/** What runs on the three nodes. */
interface Software {

  /** What starts a node, in a folder of its own. */
  List<String> command(int node, Network network);

  /** A client of a node. */
  Store store(int node, Network network);
}
