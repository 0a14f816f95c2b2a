package io.vertebra.etcd;

import java.util.List;

/**
 * A member of the store's group as etcd's clients see it.
 *
 * @param id as in {@code KvStatus}, read without a sign
 * @param name for people
 * @param peerUrls where the other members reach it
 * @param clientUrls where clients reach it
 */
public record EtcdMember(long id, String name, List<String> peerUrls, List<String> clientUrls) {
  public EtcdMember {
    peerUrls = List.copyOf(peerUrls);
    clientUrls = List.copyOf(clientUrls);
  }
}
