/**
 * The nodes that form one cluster, and the event bus between them.
 *
 * <p>Guaranteed: without {@code cluster.members} a node looks for nobody and is one alone, until
 * others that name it come; nodes that name each other meet within seconds; the end of a process is
 * noticed within a second where its host closes the connections, and within ten seconds where it
 * merely falls silent.
 *
 * <p>Not guaranteed: that all nodes see the same members at the same time. Between two halves of a
 * broken network each sees itself alone, until they meet again. The port where members meet is
 * neither encrypted nor guarded by more than a name made of a secret: keep it on loopback or a
 * private network. What is said on the bus is encrypted and proven with {@code cluster.tls} only.
 *
 * <p>Start at {@link io.vertebra.cluster.Cluster} for how it opens, {@link
 * io.vertebra.cluster.ClusterService} for what it answers.
 */
@NullMarked
package io.vertebra.cluster;

import org.jspecify.annotations.NullMarked;
