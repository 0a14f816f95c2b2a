package io.vertebra.kv;

import io.vertebra.api.Failure;
import java.nio.ByteBuffer;
import java.util.Base64;

/**
 * Where a part of a list ended, so that the next one goes on in the same snapshot.
 *
 * @param revision of the snapshot
 * @param last key of the part
 */
record ListCursor(long revision, Bytes last) {

  static ListCursor parse(String text) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Base64.getUrlDecoder().decode(text));
      if (bytes.remaining() > Long.BYTES && bytes.getLong(0) > 0) {
        long revision = bytes.getLong();
        byte[] key = new byte[bytes.remaining()];
        bytes.get(key);
        return new ListCursor(revision, Bytes.wrap(key));
      }
    } catch (IllegalArgumentException notBase64) {
      // told as any other text that is none
    }
    throw Failure.invalid("/cursor", "must be a cursor of an earlier answer");
  }

  /** What is left of a list after this. */
  RangeRequest after(RangeRequest list) {
    if (!list.range().contains(last)) {
      throw Failure.invalid("/cursor", "must be one of the same range");
    }
    if (list.revision() != 0 && list.revision() != revision) {
      throw Failure.invalid("/revision", "differs from that of the cursor");
    }
    KeyRange rest = new KeyRange(last.successor(), list.range().to());
    return new RangeRequest(
        rest,
        list.limit(),
        revision,
        list.keysOnly(),
        list.countTotal(),
        list.countOnly(),
        list.serializable());
  }

  String encode() {
    ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES + last.length());
    bytes.putLong(revision).put(last.unsafeArray());
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
  }
}
