package io.vertebra.kv;

import java.io.IOException;

/**
 * The beginning of an image.
 *
 * @param generation the greatest that a lease had
 * @param restoring whether entries were being put back
 */
record ImageHeader(long revision, long compactedRevision, long generation, boolean restoring) {
  static final byte[] MAGIC = {'v', 'e', 'r', 't', 'e', 'b', 'k', 'v'};
  private static final int VERSION = 1;

  void write(Encoder out) {
    out.raw(MAGIC);
    out.octet(VERSION);
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
    if (version != VERSION) {
      throw new IOException("version " + version + " of an image is not known");
    }
    return new ImageHeader(in.natural(), in.natural(), in.natural(), in.octet() == 1);
  }
}
