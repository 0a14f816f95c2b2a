package io.vertebra.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * Drops interim answers that Vert.x would take for final ones, which would leave the final answer
 * to whoever uses the connection next: all of class 1xx but 100, 101 and 103. A proxy may drop them
 * (RFC 9110 section 15.2).
 */
final class InterimAnswers extends ChannelInboundHandlerAdapter {
  private boolean dropping;

  private InterimAnswers() {}

  /** Watches an HTTP/1.1 connection. */
  static void dropFrom(Channel channel) {
    if (channel.pipeline().get("codec") != null) {
      channel.pipeline().addAfter("codec", "interim", new InterimAnswers());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext context, Object message) {
    if (message instanceof HttpResponse answer) {
      dropping = isDropped(answer.status().code());
    }
    if (!dropping) {
      context.fireChannelRead(message);
      return;
    }
    dropping = !(message instanceof LastHttpContent);
    ReferenceCountUtil.release(message);
  }

  private static boolean isDropped(int status) {
    return status < 200 && status != 100 && status != 101 && status != 103;
  }
}
