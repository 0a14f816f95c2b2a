package io.vertebra.kv;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The parts of an image as bytes. */
final class ImageCodec {
  private ImageCodec() {}

  static void write(Encoder out, Sessions.Saved session) {
    out.fixed(session.proposer());
    out.number(session.forgotten());
    out.number(session.results().size());
    for (Sessions.Result result : session.results()) {
      out.number(result.sequence);
      out.bytes(result.bytes);
    }
  }

  static Sessions.Saved session(ImageInput in) throws IOException {
    long proposer = in.fixed();
    long forgotten = in.natural();
    long size = in.upTo(Sessions.MAX_RESULTS);
    List<Sessions.Result> results = new ArrayList<>();
    for (long i = 0; i < size; i++) {
      results.add(new Sessions.Result(in.natural(), in.bytes()));
    }
    return new Sessions.Saved(proposer, forgotten, results);
  }

  static void write(Encoder out, KeptAnswers.Kept kept) {
    out.text(kept.key);
    out.fixed(kept.hash);
    out.bytes(kept.answer);
  }

  static KeptAnswers.Kept kept(ImageInput in) throws IOException {
    return new KeptAnswers.Kept(text(in), in.fixed(), in.bytes());
  }

  static void write(Encoder out, Fences.Saved fence) {
    Codec.write(out, fence);
  }

  static Fences.Saved fence(ImageInput in) throws IOException {
    return new Fences.Saved(text(in), in.natural(), in.number());
  }

  static void write(Encoder out, LeaseTerm lease) {
    Codec.write(out, lease);
  }

  static LeaseTerm lease(ImageInput in) throws IOException {
    return new LeaseTerm(in.number(), in.natural(), in.natural());
  }

  static KvEntry entry(ImageInput in) throws IOException {
    return new KvEntry(
        Bytes.wrap(in.bytes()),
        Bytes.wrap(in.bytes()),
        in.natural(),
        in.natural(),
        in.natural(),
        in.number());
  }

  static String text(ImageInput in) throws IOException {
    return new String(in.bytes(), StandardCharsets.UTF_8);
  }
}
