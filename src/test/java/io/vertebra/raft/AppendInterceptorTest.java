package io.vertebra.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftGroupIdProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.ServerCall;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class AppendInterceptorTest {
  private static final AppendEntriesRequestProto HEARTBEAT =
      AppendEntriesRequestProto.getDefaultInstance();
  private static final AppendEntriesRequestProto ENTRIES =
      AppendEntriesRequestProto.newBuilder().addEntries(LogEntryProto.newBuilder()).build();

  private final AppendInterceptor interceptor = new AppendInterceptor();
  private final ExecutorService streams = Executors.newCachedThreadPool();

  /** What is done with a request. */
  private interface Service {
    void take(AppendEntriesRequestProto request);
  }

  @AfterEach
  void end() {
    streams.shutdownNow();
  }

  @Test
  void letsOneRequestWithEntriesAtATimeThroughWhicheverStreamItCameBy() throws Exception {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger taken = new AtomicInteger();
    Service service =
        request -> {
          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
          Thread.yield();
          inside.decrementAndGet();
          taken.incrementAndGet();
        };
    List<Future<?>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      ServerCall.Listener<AppendEntriesRequestProto> stream = stream(service);
      all.add(
          streams.submit(
              () -> {
                for (int message = 0; message < 2_000; message++) {
                  stream.onMessage(ENTRIES);
                }
              }));
    }
    for (Future<?> each : all) {
      each.get();
    }
    assertThat(taken.get()).isEqualTo(16_000);
    assertThat(most.get()).isEqualTo(1);
  }

  @Test
  void letsHeartbeatsPassWhileEntriesAreAppended() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    Service slow =
        request -> {
          begun.countDown();
          try {
            mayEnd.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    Future<?> appending = streams.submit(() -> stream(slow).onMessage(ENTRIES));
    begun.await();
    CountDownLatch heard = new CountDownLatch(1);
    streams.submit(() -> stream(request -> heard.countDown()).onMessage(HEARTBEAT)).get();
    assertThat(heard.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(appending.isDone()).isFalse();
    mayEnd.countDown();
    appending.get();
  }

  @Test
  void letsTheEntriesOfAnotherGroupPassWhileEntriesAreAppended() throws Exception {
    RaftGroupIdProto other =
        RaftGroupIdProto.newBuilder().setId(ByteString.copyFromUtf8("another group")).build();
    AppendEntriesRequestProto beside =
        ENTRIES.toBuilder()
            .setServerRequest(RaftRpcRequestProto.newBuilder().setRaftGroupId(other))
            .build();
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    Service slow =
        request -> {
          begun.countDown();
          try {
            mayEnd.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    Future<?> appending = streams.submit(() -> stream(slow).onMessage(ENTRIES));
    begun.await();
    AtomicInteger taken = new AtomicInteger();
    streams
        .submit(() -> stream(request -> taken.incrementAndGet()).onMessage(beside))
        .get(5, java.util.concurrent.TimeUnit.SECONDS);
    assertThat(taken.get()).isEqualTo(1);
    assertThat(appending.isDone()).isFalse();
    mayEnd.countDown();
    appending.get();
  }

  @Test
  void goesOnAfterAnAppendThatFailed() {
    ServerCall.Listener<AppendEntriesRequestProto> stream =
        stream(
            request -> {
              throw new IllegalStateException("on purpose");
            });
    try {
      stream.onMessage(ENTRIES);
    } catch (IllegalStateException onPurpose) {
      assertThat(onPurpose).hasMessage("on purpose");
    }
    AtomicInteger taken = new AtomicInteger();
    Future<?> next =
        streams.submit(() -> stream(request -> taken.incrementAndGet()).onMessage(ENTRIES));
    assertThat(next).succeedsWithin(Duration.ofSeconds(5));
    assertThat(taken.get()).isEqualTo(1);
  }

  private ServerCall.Listener<AppendEntriesRequestProto> stream(Service service) {
    return interceptor.interceptCall(
        null,
        new Metadata(),
        (call, headers) ->
            new ServerCall.Listener<AppendEntriesRequestProto>() {
              @Override
              public void onMessage(AppendEntriesRequestProto request) {
                service.take(request);
              }
            });
  }
}
