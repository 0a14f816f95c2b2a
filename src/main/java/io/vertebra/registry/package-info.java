/**
 * Services, their instances and whether these are well: who offers what, where, and is it to be
 * called.
 *
 * <p>Guaranteed: a change is one atomic step, durable before it is acknowledged. An answer holds
 * every change acknowledged before it was asked for, unless the caller asks for the node's own
 * view. An index is the same on every node, never goes back, and moves only when something asked
 * for changed; who waits is woken only by a change of the answer. To register again what is
 * registered already changes nothing. Each check over HTTP or TCP has one owner; when that node
 * goes, another takes over, and what an old owner still finds out is not written over what the new
 * one wrote.
 *
 * <p>Not guaranteed: that a check runs at most once per interval while its owner changes, nor that
 * an instance found well is so still when it is called. Events on the bus are announcements: they
 * may be lost, and carry an index by which to tell.
 *
 * <p>Start at {@link RegistryService} for the contract, {@link RegistryApi} for the operations and
 * {@link Catalog} for what is found and at which index.
 */
@NullMarked
package io.vertebra.registry;

import org.jspecify.annotations.NullMarked;
