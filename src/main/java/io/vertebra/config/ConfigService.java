package io.vertebra.config;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * Configuration for its callers. Changes fail with {@code STALE} if what they expect is not so,
 * with {@code INVALID} if a value breaks its schema, with {@code FENCED} if their fence was
 * overtaken. Safe for any thread.
 */
public interface ConfigService {

  /** The names of namespaces after one, which may be empty, in order. */
  Future<List<String>> namespaces(String after, int limit);

  /** A key as its reader sees it; {@code NOT_FOUND} if there is none. */
  Future<Item> get(ReadConfig request);

  /** The keys of a namespace as their reader sees them; none if nothing was ever released. */
  Future<View> read(ReadConfig request);

  /** Changes keys, at one revision. */
  Future<Outcome> release(Release request);

  /** Puts what was exported, at one revision. */
  Future<Outcome> load(LoadConfig request);

  /** Releases what held at an earlier revision; {@code COMPACTED} if that is forgotten. */
  Future<Outcome> revert(Revert request);

  /** Releases to some. */
  Future<Outcome> putGray(PutGray request);

  /** Releases to all what was released to some; {@code NOT_FOUND} if there is no such. */
  Future<Outcome> promote(NamedChange request);

  /** Takes a release to some back; {@code NOT_FOUND} if there is no such. */
  Future<Outcome> rollBack(NamedChange request);

  /** The releases to some, in the order in which they count. */
  Future<List<GrayRelease>> grays(String namespace);

  /** Puts a schema; {@code INVALID} if a present value breaks it. */
  Future<Outcome> putRule(PutRule request);

  /** Removes a schema; {@code NOT_FOUND} if there is none. */
  Future<Outcome> deleteRule(NamedChange request);

  Future<List<ValueRule>> rules(String namespace);

  /**
   * Encrypts secrets anew, at most 50 in a call, that another key than the first one encrypted.
   *
   * @return how many are left
   */
  Future<Long> reEncrypt(String namespace, Terms terms);

  /**
   * The last releases, the newest first.
   *
   * @param key of which; empty for any
   * @param before older than this revision; 0 for the newest
   */
  Future<List<Released>> history(String namespace, Optional<String> key, long before, int limit);

  /**
   * What differs for all between two revisions.
   *
   * @param to 0 for now
   * @param key of which; empty for all
   */
  Future<Difference> diff(String namespace, long from, long to, Optional<String> key);

  /** Follows changes; {@code COMPACTED} if the first one wanted is no more to be had. */
  Future<ConfigWatch> watch(WatchConfig request);
}
