package io.vertebra.http;

import io.vertx.core.MultiMap;
import java.util.Optional;

/** Knows which requests may pass on the api listener, whatever serves them. */
public interface Gatekeeper {

  /** Whether a request itself says who sends it. */
  boolean carriesCredential(MultiMap headers);

  /**
   * What the request of a client with this certificate is to carry as {@code Authorization}; empty
   * if nobody is known by it.
   */
  Optional<String> credential(ClientCertificate certificate);

  /**
   * Lets a request pass or throws.
   *
   * @param path as it was sent
   * @param normalisedPath without dot segments, as most routes match it
   * @param from the address of the client
   * @return for a request that may last, what throws likewise once it may not be served any more
   * @throws io.vertebra.api.Failure {@code UNAUTHENTICATED}, {@code FORBIDDEN} or {@code
   *     UNAVAILABLE}
   */
  Optional<Runnable> admit(
      String method, String path, String normalisedPath, MultiMap headers, String from);
}
