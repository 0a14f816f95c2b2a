package io.vertebra.auth;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.auth.token.VerifyingKey;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * What a node must know to judge a credential without asking anybody: keys, roles, API keys and
 * what was revoked. It follows the store. Safe for any thread.
 */
final class LiveView {
  private final Map<DocumentId, Document> documents = new ConcurrentHashMap<>();
  private final Map<String, KeyRecord> keys = new ConcurrentHashMap<>();
  private volatile boolean known;

  /** What there is, in place of all that was told before. */
  void replace(List<Document> all) {
    documents.keySet().retainAll(all.stream().map(Document::id).collect(Collectors.toSet()));
    all.forEach(this::take);
    forgetKeys();
    known = true;
  }

  /** What became of one. */
  void change(DocumentId id, Optional<Document> document) {
    if (document.isPresent()) {
      take(document.get());
    } else {
      Document unused = documents.remove(id);
      forgetKeys();
    }
  }

  private void take(Document document) {
    Document unused = documents.put(document.id(), document);
    if (document.id().kind() == DocumentId.Kind.SIGNING_KEY) {
      KeyRecord.from(document)
          .ifPresent(
              key -> {
                KeyRecord unusedKey = keys.put(key.publicKey().id(), key);
              });
    }
  }

  private void forgetKeys() {
    keys.values().removeIf(key -> !documents.containsKey(key.id()));
  }

  /** Whether the store was read at all; {@code UNAVAILABLE} if not. */
  void require() {
    if (!known) {
      throw new Failure(
          FailureCode.UNAVAILABLE, "this node does not know yet who may do what; try again");
    }
  }

  Optional<Document> find(DocumentId.Kind kind, String name, long nowMs) {
    return Optional.ofNullable(documents.get(new DocumentId(kind, name)))
        .filter(document -> !document.isExpired(nowMs));
  }

  /** All of a kind, in the order of their names. */
  List<Document> all(DocumentId.Kind kind) {
    return documents.values().stream()
        .filter(document -> document.id().kind() == kind)
        .sorted(Comparator.comparing(document -> document.id().name()))
        .toList();
  }

  int count(DocumentId.Kind kind) {
    return (int) documents.keySet().stream().filter(id -> id.kind() == kind).count();
  }

  Optional<VerifyingKey> verifyingKey(String id) {
    return Optional.ofNullable(keys.get(id)).map(KeyRecord::publicKey);
  }

  Collection<KeyRecord> keys() {
    return keys.values();
  }
}
