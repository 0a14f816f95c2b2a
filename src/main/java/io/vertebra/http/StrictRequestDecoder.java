package io.vertebra.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpConstants;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.AsciiString;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.Http1xOrH2CHandler;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import io.vertx.core.net.impl.HostAndPortImpl;
import java.util.List;

/**
 * Refuses what another parser on the way might read differently. Netty repairs such requests: it
 * drops {@code Content-Length} beside {@code Transfer-Encoding}, takes the first of two lengths in
 * HTTP/1.0, unfolds folded lines and takes any number of {@code Host} headers.
 *
 * <p>Source: RFC 9112 sections 3.2 (target and Host), 5.1 and 5.2 (field lines), 6.1 to 6.3
 * (lengths). An absolute-form target is taken when it names the same host as {@code Host}, and
 * continues as its origin form.
 */
final class StrictRequestDecoder extends VertxHttpRequestDecoder {
  private static final String DECODER = "httpDecoder";
  private static final String GUARD = "strictDecoder";

  private boolean inHead;
  private boolean inBody;
  private boolean folded;
  private int hosts;
  private int lengths;
  private int codings;

  StrictRequestDecoder(HttpServerOptions options) {
    super(options);
  }

  /**
   * Puts this decoder in the place of the usual one, or sees to it that it will be once the
   * connection turns out to speak HTTP/1. To be called before anything is read.
   */
  static void install(ChannelPipeline pipeline, HttpServerOptions options) {
    if (pipeline.get(DECODER) != null) {
      pipeline.replace(DECODER, DECODER, new StrictRequestDecoder(options));
      return;
    }
    ChannelHandlerContext prefaces = pipeline.context(Http1xOrH2CHandler.class);
    if (prefaces != null) {
      // It tells HTTP/2 by its preface, then hands on what it read.
      pipeline.addAfter(prefaces.name(), GUARD, new Guard(options));
    }
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf buffer, List<Object> out)
      throws Exception {
    if (!inBody) {
      folded |= isFolded(buffer);
    }
    super.decode(context, buffer, out);
    if (!out.isEmpty() && out.get(out.size() - 1) instanceof LastHttpContent) {
      inBody = false;
    }
  }

  /** Whether a line of the head begins with white space (obs-fold). */
  private boolean isFolded(ByteBuf buffer) {
    int lineStart = buffer.readerIndex();
    int end = buffer.writerIndex();
    boolean first = !inHead;
    while (lineStart < end) {
      byte start = buffer.getByte(lineStart);
      if (!first && (start == HttpConstants.SP || start == HttpConstants.HT)) {
        return true;
      }
      if (!first && start == HttpConstants.CR) {
        return false;
      }
      first = false;
      int lineEnd = buffer.indexOf(lineStart, end, HttpConstants.LF);
      if (lineEnd < 0) {
        return false;
      }
      lineStart = lineEnd + 1;
    }
    return false;
  }

  @Override
  protected HttpMessage createMessage(String[] initialLine) {
    inHead = true;
    hosts = 0;
    lengths = 0;
    codings = 0;
    String version = initialLine[2];
    check(
        version.equals("HTTP/1.1") || version.equals("HTTP/1.0"),
        "the version must be HTTP/1.0 or HTTP/1.1");
    return super.createMessage(initialLine);
  }

  @Override
  protected AsciiString splitHeaderName(byte[] line, int start, int length) {
    check(length > 0, "a header must have a name");
    AsciiString name = super.splitHeaderName(line, start, length);
    if (length == 4 && HttpHeaderNames.HOST.contentEqualsIgnoreCase(name)) {
      hosts++;
    } else if (length == 14 && HttpHeaderNames.CONTENT_LENGTH.contentEqualsIgnoreCase(name)) {
      lengths++;
    } else if (length == 17 && HttpHeaderNames.TRANSFER_ENCODING.contentEqualsIgnoreCase(name)) {
      codings++;
    }
    return name;
  }

  /** Called by Netty when the head is complete, for every request once. */
  @Override
  protected boolean isContentAlwaysEmpty(HttpMessage message) {
    inHead = false;
    inBody = true;
    HttpRequest request = (HttpRequest) message;
    check(!folded, "a header line must not begin with white space");
    checkFraming(request);
    checkHost(request);
    checkTarget(request);
    return super.isContentAlwaysEmpty(message);
  }

  private void checkFraming(HttpRequest request) {
    boolean current = request.protocolVersion().equals(HttpVersion.HTTP_1_1);
    check(lengths <= 1, "there must be one Content-Length at most");
    if (codings > 0) {
      String coding = request.headers().get(HttpHeaderNames.TRANSFER_ENCODING);
      check(current, "HTTP/1.0 has no Transfer-Encoding");
      check(lengths == 0, "Transfer-Encoding and Content-Length exclude each other");
      check(codings == 1 && "chunked".equalsIgnoreCase(coding), "the only coding is chunked");
    }
  }

  private void checkHost(HttpRequest request) {
    boolean optional = request.protocolVersion().equals(HttpVersion.HTTP_1_0);
    check(hosts == 1 || (hosts == 0 && optional), "there must be one Host header");
    if (hosts == 1) {
      String host = request.headers().get(HttpHeaderNames.HOST);
      check(
          !host.isEmpty() && HostAndPortImpl.isValidAuthority(host),
          "the Host header must name a host");
    }
  }

  private static void checkTarget(HttpRequest request) {
    String target = request.uri();
    if (target.isEmpty() || target.charAt(0) != '/') {
      boolean server = target.equals("*") && request.method().equals(HttpMethod.OPTIONS);
      if (!server) {
        request.setUri(originForm(target, request.headers().get(HttpHeaderNames.HOST)));
      }
    }
    check(hasOnlyTargetCharacters(target), "the target must be a path and a query");
  }

  /** Whether nothing in it could end a request line or begin a fragment. */
  static boolean hasOnlyTargetCharacters(String target) {
    for (int i = 0; i < target.length(); i++) {
      char letter = target.charAt(i);
      if (letter <= ' ' || letter >= 127 || letter == '#') {
        return false;
      }
    }
    return true;
  }

  private static String originForm(String target, String host) {
    int scheme = target.regionMatches(true, 0, "http://", 0, 7) ? 7 : 8;
    check(
        scheme == 7 || target.regionMatches(true, 0, "https://", 0, 8),
        "the target must begin with a slash");
    int end = scheme;
    while (end < target.length() && "/?".indexOf(target.charAt(end)) < 0) {
      end++;
    }
    check(
        target.substring(scheme, end).equalsIgnoreCase(host),
        "target and Host must name the same host");
    String rest = target.substring(end);
    return rest.startsWith("/") ? rest : "/" + rest;
  }

  private static void check(boolean holds, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(rule);
    }
  }

  /** Waits for the first bytes, then changes the decoder if there is one. */
  private static final class Guard extends ChannelInboundHandlerAdapter {
    private final HttpServerOptions options;

    Guard(HttpServerOptions options) {
      this.options = options;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      ChannelPipeline pipeline = context.pipeline();
      if (pipeline.get(DECODER) != null) {
        pipeline.replace(DECODER, DECODER, new StrictRequestDecoder(options));
      }
      pipeline.remove(this);
      context.fireChannelRead(message);
    }
  }
}
