package io.vertebra.http;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a connection from being closed for its silence while its client waits for work that is
 * under way. For the event loop of the connection.
 */
public final class Patience {
  private final HttpConnection connection;
  private @Nullable Deaf deaf;

  /** Hears nothing of silence, and neither do those behind. */
  private static final class Deaf extends ChannelInboundHandlerAdapter {
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
      if (!(event instanceof IdleStateEvent)) {
        context.fireUserEventTriggered(event);
      }
    }
  }

  private Patience(HttpConnection connection) {
    this.connection = connection;
  }

  /** Begins at once. */
  public static Patience with(HttpConnection connection) {
    Patience patience = new Patience(connection);
    patience.begin();
    return patience;
  }

  /** From now on silence is not minded. */
  public void begin() {
    if (deaf == null && connection instanceof ConnectionBase base) {
      ChannelPipeline pipeline = base.channel().pipeline();
      ChannelHandlerContext idle = pipeline.context(IdleStateHandler.class);
      if (idle != null) {
        Deaf added = new Deaf();
        ChannelPipeline unused = pipeline.addAfter(idle.name(), null, added);
        deaf = added;
      }
    }
  }

  /** From now on silence counts again, as if it had just been broken. */
  public void end() {
    Deaf added = deaf;
    deaf = null;
    if (added != null && connection instanceof ConnectionBase base && base.channel().isOpen()) {
      ChannelPipeline pipeline = base.channel().pipeline().remove(added);
      IdleStateHandler idle = pipeline.get(IdleStateHandler.class);
      if (idle != null) {
        idle.resetReadTimeout();
      }
    }
  }
}
