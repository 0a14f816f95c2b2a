package io.vertebra.limiter;

import io.vertebra.limiter.LimitState.Arrival;
import io.vertebra.limiter.LimitState.Held;
import io.vertebra.limiter.LimitState.Permit;
import io.vertebra.limiter.LimitState.Window;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/**
 * States, changes and decisions as bytes, some tens of them each, for whoever keeps them and for
 * the way between nodes. The first byte of a state and of a change is the version of the form.
 */
final class StateCodec {
  private static final int VERSION = 1;

  private StateCodec() {}

  private interface Writer {
    void write(DataOutputStream out) throws IOException;
  }

  private interface Reader<T> {
    T read(DataInputStream in) throws IOException;
  }

  static byte[] encode(KeyState state) {
    return bytes(
        out -> {
          out.writeByte(VERSION);
          out.writeLong(state.freshAt());
          out.writeInt(state.refusals());
          out.writeLong(state.blockedUntil());
          write(state.limit(), out);
        });
  }

  static KeyState state(byte[] bytes) {
    return read(
        bytes,
        in -> {
          long freshAt = in.readLong();
          int refusals = in.readInt();
          long blockedUntil = in.readLong();
          return new KeyState(readState(in), refusals, blockedUntil, freshAt);
        });
  }

  static byte[] encode(Change change) {
    return bytes(
        out -> {
          out.writeByte(VERSION);
          if (change instanceof Change.Take take) {
            out.writeByte(0);
            write(take.limit(), out);
            write(take.penalty(), out);
            out.writeLong(take.cost());
            out.writeUTF(take.permit());
          } else if (change instanceof Change.Peek peek) {
            out.writeByte(1);
            write(peek.limit(), out);
            write(peek.penalty(), out);
            out.writeLong(peek.cost());
          } else if (change instanceof Change.Refund refund) {
            out.writeByte(2);
            write(refund.limit(), out);
            out.writeLong(refund.cost());
            out.writeUTF(refund.permit());
            out.writeLong(refund.takenAt());
          } else if (change instanceof Change.Release release) {
            out.writeByte(3);
            out.writeUTF(release.permit());
          } else if (change instanceof Change.Reset) {
            out.writeByte(4);
          } else {
            throw new IOException("a change that stays on its node");
          }
        });
  }

  static Change change(byte[] bytes) {
    return read(
        bytes,
        in ->
            switch (in.readByte()) {
              case 0 ->
                  new Change.Take(readLimit(in), readPenalty(in), in.readLong(), in.readUTF());
              case 1 -> new Change.Peek(readLimit(in), readPenalty(in), in.readLong());
              case 2 ->
                  new Change.Refund(readLimit(in), in.readLong(), in.readUTF(), in.readLong());
              case 3 -> new Change.Release(in.readUTF());
              case 4 -> new Change.Reset();
              default -> throw new IOException("a change of an unknown kind");
            });
  }

  static byte[] encode(Decision decision) {
    return bytes(
        out -> {
          out.writeByte(VERSION);
          out.writeBoolean(decision.allowed());
          out.writeLong(decision.limit());
          out.writeLong(decision.remaining());
          out.writeLong(decision.retryAfterMs());
          out.writeLong(decision.resetMs());
          out.writeLong(decision.at());
        });
  }

  static Decision decision(byte[] bytes) {
    return read(
        bytes,
        in ->
            new Decision(
                in.readBoolean(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                in.readLong()));
  }

  private static void write(LimitState state, DataOutputStream out) throws IOException {
    if (state instanceof Arrival arrival) {
      out.writeByte(0);
      out.writeLong(arrival.micros());
      out.writeLong(arrival.fraction());
    } else if (state instanceof Window window) {
      out.writeByte(1);
      out.writeLong(window.start());
      out.writeLong(window.used());
      out.writeLong(window.before());
    } else if (state instanceof Held held) {
      out.writeByte(2);
      out.writeShort(held.permits().size());
      for (Permit permit : held.permits()) {
        out.writeUTF(permit.id());
        out.writeLong(permit.count());
        out.writeLong(permit.endsAt());
      }
      for (Permit permit : held.permits()) {
        out.writeLong(permit.before());
      }
    }
  }

  private static LimitState readState(DataInputStream in) throws IOException {
    return switch (in.readByte()) {
      case 0 -> new Arrival(in.readLong(), in.readLong());
      case 1 -> new Window(in.readLong(), in.readLong(), in.readLong());
      case 2 -> {
        List<Permit> permits = new ArrayList<>();
        for (int left = in.readUnsignedShort(); left > 0; left--) {
          permits.add(new Permit(in.readUTF(), in.readLong(), in.readLong(), 0));
        }
        yield new Held(in.available() > 0 ? renewed(permits, in) : permits);
      }
      default -> throw new IOException("a state of an unknown kind");
    };
  }

  /** What was held before of each, which is not in states of the first nodes. */
  private static List<Permit> renewed(List<Permit> held, DataInputStream in) throws IOException {
    List<Permit> permits = new ArrayList<>();
    for (Permit each : held) {
      permits.add(new Permit(each.id(), each.count(), each.endsAt(), in.readLong()));
    }
    return permits;
  }

  private static void write(Limit limit, DataOutputStream out) throws IOException {
    if (limit instanceof GcraLimit gcra) {
      out.writeByte(0);
      out.writeLong(gcra.permits());
      out.writeLong(gcra.period().toMillis());
      out.writeLong(gcra.burst());
    } else if (limit instanceof SlidingWindowLimit sliding) {
      out.writeByte(1);
      out.writeLong(sliding.permits());
      out.writeLong(sliding.period().toMillis());
    } else if (limit instanceof CalendarLimit calendar) {
      out.writeByte(2);
      out.writeLong(calendar.permits());
      out.writeUTF(calendar.unit().name());
      out.writeUTF(calendar.zone().getId());
    } else if (limit instanceof ConcurrencyLimit concurrency) {
      out.writeByte(3);
      out.writeLong(concurrency.permits());
      out.writeLong(concurrency.lease().toMillis());
    }
  }

  private static Limit readLimit(DataInputStream in) throws IOException {
    return switch (in.readByte()) {
      case 0 -> new GcraLimit(in.readLong(), Duration.ofMillis(in.readLong()), in.readLong());
      case 1 -> new SlidingWindowLimit(in.readLong(), Duration.ofMillis(in.readLong()));
      case 2 ->
          new CalendarLimit(
              in.readLong(), CalendarLimit.Unit.valueOf(in.readUTF()), ZoneId.of(in.readUTF()));
      case 3 -> new ConcurrencyLimit(in.readLong(), Duration.ofMillis(in.readLong()));
      default -> throw new IOException("a limit of an unknown kind");
    };
  }

  private static void write(Penalty penalty, DataOutputStream out) throws IOException {
    out.writeInt(penalty.afterRefusals());
    out.writeLong(penalty.period().toMillis());
  }

  private static Penalty readPenalty(DataInputStream in) throws IOException {
    return new Penalty(in.readInt(), Duration.ofMillis(in.readLong()));
  }

  private static byte[] bytes(Writer writer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(64);
    try {
      writer.write(new DataOutputStream(bytes));
    } catch (IOException cannotBe) {
      throw new UncheckedIOException(cannotBe);
    }
    return bytes.toByteArray();
  }

  private static <T> T read(byte[] bytes, Reader<T> reader) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int version = in.readByte();
      if (version != VERSION) {
        throw new IOException("a form of version " + version);
      }
      return reader.read(in);
    } catch (IOException malformed) {
      throw new UncheckedIOException(malformed);
    }
  }
}
