package io.vertebra.etcd;

import io.vertx.core.json.JsonObject;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A connection that watches: messages out, each a chunk; objects in. Used by one thread. */
final class WatchStream implements AutoCloseable {
  private static final int LIMIT_MS = 10_000;

  private final Socket socket;
  private final InputStream input;

  WatchStream(int port) {
    try {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setSoTimeout(LIMIT_MS);
      socket.setTcpNoDelay(true);
      input = new BufferedInputStream(socket.getInputStream());
      write("POST /v3/watch HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void send(String message) {
    chunk(message);
  }

  /** Ends the body; the response goes on. */
  void complete() {
    chunk("");
  }

  /** The next object, without what cannot be equal on two servers. */
  JsonObject next() {
    try {
      StringBuilder object = new StringBuilder();
      int depth = 0;
      while (depth > 0 || object.isEmpty()) {
        char c = read();
        depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        if (depth > 0 || c == '}') {
          object.append(c);
        }
      }
      return GatewayClient.comparable(new JsonObject(object.toString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the end of the response; whatever comes before is lost. */
  void awaitEnd() {
    try {
      StringBuilder text = new StringBuilder();
      while (!text.toString().endsWith("\r\n0\r\n\r\n")) {
        text.append(read());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Goes away without a word. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private char read() throws IOException {
    int c = input.read();
    if (c < 0) {
      throw new EOFException("the connection was closed");
    }
    return (char) c;
  }

  private void chunk(String data) {
    int length = data.getBytes(StandardCharsets.UTF_8).length;
    write(Integer.toHexString(length) + "\r\n" + data + "\r\n");
  }

  private void write(String text) {
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
