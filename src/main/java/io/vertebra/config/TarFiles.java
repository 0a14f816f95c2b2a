package io.vertebra.config;

import io.vertebra.api.Failure;
import io.vertebra.kv.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Files in the ustar format, and in what GNU tar and pax write of it: long names are understood,
 * folders and whatever is no plain file are passed over.
 *
 * <p>Source: IEEE Std 1003.1, "pax", ustar Interchange Format.
 */
final class TarFiles {
  private static final int BLOCK = 512;
  private static final int NAME = 100;
  private static final int SIZE_AT = 124;
  private static final int CHECKSUM_AT = 148;
  private static final int TYPE_AT = 156;
  private static final int PREFIX_AT = 345;
  private static final int PREFIX = 155;

  private TarFiles() {}

  /**
   * An archive of files by name, all made at the epoch, so that equal files make equal archives.
   */
  static Bytes write(Map<String, Bytes> files) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    files.forEach(
        (name, bytes) -> {
          byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
          if (utf8.length > NAME) {
            entry(out, "././@LongLink".getBytes(StandardCharsets.UTF_8), 'L', terminated(utf8));
          }
          entry(out, Arrays.copyOf(utf8, Math.min(utf8.length, NAME)), '0', bytes.unsafeArray());
        });
    out.writeBytes(new byte[2 * BLOCK]);
    return Bytes.wrap(out.toByteArray());
  }

  private static byte[] terminated(byte[] name) {
    return Arrays.copyOf(name, name.length + 1);
  }

  private static void entry(ByteArrayOutputStream out, byte[] name, char type, byte[] content) {
    byte[] head = new byte[BLOCK];
    System.arraycopy(name, 0, head, 0, name.length);
    put(head, 100, "0000644\0");
    put(head, 108, "0000000\0");
    put(head, 116, "0000000\0");
    put(head, SIZE_AT, String.format("%011o\0", content.length));
    put(head, 136, "00000000000\0");
    put(head, CHECKSUM_AT, "        ");
    head[TYPE_AT] = (byte) type;
    put(head, 257, "ustar\00000");
    put(head, CHECKSUM_AT, String.format("%06o\0 ", sum(head)));
    out.writeBytes(head);
    out.writeBytes(content);
    out.writeBytes(new byte[padding(content.length)]);
  }

  private static void put(byte[] head, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, head, at, bytes.length);
  }

  private static int sum(byte[] head) {
    int sum = 0;
    for (byte octet : head) {
      sum += octet & 0xff;
    }
    return sum;
  }

  private static int padding(int length) {
    return (BLOCK - length % BLOCK) % BLOCK;
  }

  /**
   * The plain files of an archive by name, without a leading {@code ./}.
   *
   * @throws Failure {@code INVALID} if it is no archive, or cut off
   */
  static Map<String, Bytes> read(Bytes archive) {
    byte[] all = archive.unsafeArray();
    Map<String, Bytes> files = new LinkedHashMap<>();
    String longName = "";
    int at = 0;
    while (at + BLOCK <= all.length && all[at] != 0) {
      int size = size(all, at);
      int start = at + BLOCK;
      Names.require(start + (long) size <= all.length, "/tar", "must be a whole archive");
      char type = (char) all[at + TYPE_AT];
      String name = longName.isEmpty() ? name(all, at) : longName;
      longName = "";
      if (type == 'L') {
        longName = text(all, start, size);
      } else if (type == 'x') {
        longName = paxPath(text(all, start, size));
      } else if (type == '0' || type == 0) {
        files.put(name.replaceFirst("^(\\./)+", ""), Bytes.wrap(copy(all, start, size)));
      }
      at = start + size + padding(size);
    }
    Names.require(at + BLOCK <= all.length, "/tar", "must be a whole tar archive");
    return files;
  }

  private static byte[] copy(byte[] all, int start, int size) {
    return Arrays.copyOfRange(all, start, start + size);
  }

  private static int size(byte[] all, int at) {
    byte[] head = copy(all, at, BLOCK);
    String told = text(head, CHECKSUM_AT, 8).strip();
    Arrays.fill(head, CHECKSUM_AT, CHECKSUM_AT + 8, (byte) ' ');
    String size = text(head, SIZE_AT, 12).strip();
    boolean sound = told.matches("[0-7]{1,8}") && size.matches("0*[0-7]{1,10}");
    Names.require(
        sound && Integer.parseInt(told, 8) == sum(head), "/tar", "must be a sound tar archive");
    return Integer.parseInt(size, 8);
  }

  private static String name(byte[] all, int at) {
    String prefix =
        text(all, at + 257, 6).startsWith("ustar") ? text(all, at + PREFIX_AT, PREFIX) : "";
    String name = text(all, at, NAME);
    return prefix.isEmpty() || prefix.startsWith(" ") ? name : prefix + "/" + name;
  }

  private static String paxPath(String records) {
    for (String line : records.split("\n", -1)) {
      int path = line.indexOf(" path=");
      if (path > 0) {
        return line.substring(path + 6);
      }
    }
    return "";
  }

  private static String text(byte[] all, int start, int most) {
    int end = start;
    while (end < start + most && all[end] != 0) {
      end++;
    }
    return new String(all, start, end - start, StandardCharsets.UTF_8);
  }
}
