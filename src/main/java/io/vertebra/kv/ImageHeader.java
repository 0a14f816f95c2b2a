package io.vertebra.kv;

import java.io.IOException;

/**
 * The beginning of an image.
 *
 * @param group whose state it is, as {@link KvGroup#name} has it
 * @param generation the greatest that a lease had
 * @param restoring whether a restore was under way, which follows the state
 */
record ImageHeader(
    String group, long revision, long compactedRevision, long generation, boolean restoring) {
  static final byte[] MAGIC = {'v', 'e', 'r', 't', 'e', 'b', 'k', 'v'};
  private static final int VERSION = 3;

  /** Did not say whose it is; all backups were of the main store. */
  private static final int WITHOUT_GROUP = 2;

  void write(Encoder out) {
    out.raw(MAGIC);
    out.octet(VERSION);
    out.text(group);
    out.number(revision);
    out.number(compactedRevision);
    out.number(generation);
    out.flag(restoring);
  }

  static ImageHeader read(ImageInput in) throws IOException {
    for (byte expected : MAGIC) {
      if (in.octet() != expected) {
        throw new IOException("this is no image of a store");
      }
    }
    int version = in.octet();
    if (version != VERSION && version != WITHOUT_GROUP) {
      throw new IOException("version " + version + " of an image is not known");
    }
    String group = version == VERSION ? ImageCodec.text(in) : KvGroup.MAIN;
    return new ImageHeader(group, in.natural(), in.natural(), in.natural(), in.octet() == 1);
  }
}
