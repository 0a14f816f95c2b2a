package io.vertebra.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Sits between the decoder of an HTTP/1.1 connection and Vert.x, for two things that Vert.x does
 * not do. It drops interim answers that Vert.x would take for final ones, which would leave the
 * final answer to whoever uses the connection next: all of class 1xx but 100, 101 and 103 (a proxy
 * may drop them, RFC 9110 section 15.2). And it holds back the news that the endpoint closed while
 * a whole answer still waits for a slow reader, for with that news Vert.x drops what waits.
 */
final class AnswerGuard extends ChannelInboundHandlerAdapter {
  private boolean dropping;
  private boolean begun;
  private boolean whole;
  private @Nullable ChannelHandlerContext held;

  private AnswerGuard() {}

  /** Guards a connection; null for one that is not HTTP/1.1, which needs no guard. */
  static @Nullable AnswerGuard of(Channel channel) {
    if (channel.pipeline().get("codec") == null) {
      return null;
    }
    AnswerGuard guard = new AnswerGuard();
    channel.pipeline().addAfter("codec", "guard", guard);
    return guard;
  }

  /** The answer was passed on or given up; now the connection may be closed. */
  void settled() {
    begun = false;
    ChannelHandlerContext context = held;
    held = null;
    if (context != null) {
      context.executor().execute(context::fireChannelInactive);
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpResponse answer) {
      int status = answer.status().code();
      dropping = status < 200 && status != 100 && status != 101 && status != 103;
      begun = status >= 200;
      whole = false;
    }
    boolean last = message instanceof LastHttpContent;
    if (dropping) {
      dropping = !last;
      ReferenceCountUtil.release(message);
    } else {
      whole |= last;
      context.fireChannelRead(message);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    if (begun && whole) {
      held = context;
    } else {
      context.fireChannelInactive();
    }
  }
}
