/**
 * The paths of etcd's v3 JSON gateway, so that what speaks to etcd over HTTP can speak to this
 * store: a translation of requests, answers and errors that holds no rules and no state.
 *
 * <p>Guaranteed: where a path is offered, the same requests get the answers of etcd 3.4, status and
 * body, but for the differences listed in {@code docs/etcd.md}; what the store promises, promises
 * hold here as well.
 *
 * <p>Not guaranteed: the gRPC protocol, which is not spoken; etcd's users and roles; locks,
 * elections, alarms and changes of membership over these paths; messages of fields that etcd 3.4
 * does not know.
 *
 * <p>Source: the {@code rpc.proto} and {@code kv.proto} of etcd 3.4, the JSON mapping of protocol
 * buffers 3, and what etcd 3.4.23 answers.
 */
@NullMarked
package io.vertebra.etcd;

import org.jspecify.annotations.NullMarked;
