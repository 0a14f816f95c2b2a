package io.vertebra.consul;

/**
 * A member of the store's group.
 *
 * @param id as in the store's status
 * @param address where it meets the others, {@code host:port}
 */
public record ConsulPeer(long id, String address) {}
