package io.vertebra.raft;

import io.vertebra.api.Fields;
import io.vertebra.api.Value;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;

/** How members and their ids are written in JSON: an id as 16 hexadecimal digits. */
final class PeerCodec {
  /** Most members that are read. */
  private static final int MAX_PEERS = 100;

  private static final String NO_ID = "0000000000000000";
  private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");

  private PeerCodec() {}

  static String hex(long id) {
    return HexFormat.of().toHexDigits(id);
  }

  /** The id that 16 hexadecimal digits stand for. */
  static long id(String hex) {
    return Long.parseUnsignedLong(hex, 16);
  }

  /** An id that is not 0; to be turned into a number by {@link #id}. */
  static Value<String> id(Fields fields, String name) {
    return fields
        .text(name, 16, 16)
        .matching(
            text -> ID.matcher(text).matches() && !text.equals(NO_ID),
            "must be 16 lower-case hexadecimal digits that are not all 0");
  }

  /** An id, or 0 if there is none. */
  static long idOrZero(Fields fields, String name) {
    return id(fields, name).optional().map(PeerCodec::id).orElse(0L);
  }

  static JsonObject toJson(Peer peer) {
    return new JsonObject().put("id", hex(peer.id())).put("address", peer.address());
  }

  static JsonArray toJson(List<Peer> peers) {
    return new JsonArray(peers.stream().map(PeerCodec::toJson).toList());
  }

  static Peer peer(Fields fields) {
    String id = id(fields, "id").required();
    String address = fields.text("address", 3, 300).required();
    return fields.build(() -> new Peer(id(id), address));
  }

  static List<Peer> peers(Fields fields, String name) {
    return fields.objects(name, MAX_PEERS, PeerCodec::peer).orElse(List.of());
  }
}
