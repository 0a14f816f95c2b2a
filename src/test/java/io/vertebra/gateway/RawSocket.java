package io.vertebra.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One TCP connection, byte by byte, so that a test sees exactly what was sent. */
final class RawSocket implements AutoCloseable {
  private static final int TIMEOUT_MS = 5000;
  private final Socket socket;

  private RawSocket(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout(TIMEOUT_MS);
  }

  static RawSocket connect(int port) {
    try {
      return new RawSocket(new Socket(GatewayRig.HOST, port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RawSocket accept(ServerSocket server) {
    try {
      server.setSoTimeout(TIMEOUT_MS);
      return new RawSocket(server.accept());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ServerSocket server() {
    try {
      return new ServerSocket(0, 50, java.net.InetAddress.getByName(GatewayRig.HOST));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RawSocket send(String text) {
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
      socket.getOutputStream().flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads up to and with {@code end}; what came, if the other side closes before. */
  String readUntil(String end) {
    StringBuilder text = new StringBuilder();
    try {
      InputStream in = socket.getInputStream();
      while (text.indexOf(end, Math.max(0, text.length() - end.length())) < 0) {
        int octet = in.read();
        if (octet < 0) {
          break;
        }
        text.append((char) octet);
      }
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException("after: " + text, e);
    }
  }

  /** Reads until the other side closes. */
  String readAll() {
    return readUntil("\0never\0");
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
