package io.vertebra.raft;

import io.vertebra.kv.Replica;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/** Keeps the texts it is given, in their order; answers how many there are. */
final class CountingReplica implements Replica {
  private final List<String> entries = new ArrayList<>();
  private int loads;
  private boolean leads;

  @Override
  public synchronized byte[] apply(long term, ByteBuffer entry) {
    entries.add(StandardCharsets.UTF_8.decode(entry).toString());
    return bytes(String.valueOf(entries.size()));
  }

  @Override
  public byte[] answer(ByteBuffer question) {
    return bytes(StandardCharsets.UTF_8.decode(question) + "=" + entries().size());
  }

  @Override
  public synchronized Image image() {
    byte[] body = bytes(String.join("\n", entries));
    CRC32 crc = new CRC32();
    crc.update(body);
    byte[] image =
        ByteBuffer.allocate(body.length + 12)
            .putInt(body.length)
            .put(body)
            .putLong(crc.getValue())
            .array();
    return new Image() {
      @Override
      public InputStream open() {
        return new ByteArrayInputStream(image);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public synchronized void load(InputStream image) throws IOException {
    DataInputStream in = new DataInputStream(image);
    byte[] body = new byte[in.readInt()];
    in.readFully(body);
    CRC32 crc = new CRC32();
    crc.update(body);
    if (crc.getValue() != in.readLong()) {
      throw new IOException("the checksum differs");
    }
    String text = new String(body, StandardCharsets.UTF_8);
    loads++;
    entries.clear();
    entries.addAll(text.isEmpty() ? List.of() : List.of(text.split("\n")));
  }

  @Override
  public synchronized void leading(long term) {
    leads = term != 0;
  }

  synchronized boolean leads() {
    return leads;
  }

  synchronized List<String> entries() {
    return List.copyOf(entries);
  }

  synchronized int loads() {
    return loads;
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
