/**
 * The configuration centre: namespaces of keys with values of any type, released together.
 *
 * <p>Guaranteed: a release of several keys happens at one revision or not at all; reads are
 * linearizable; a revision of a namespace is never met again with other contents, also after a
 * restore; a change is refused if what it expects is not so; a caller sees the first gray release
 * that is meant for it, and the same one again for as long as nothing is released; who is among the
 * first 10 of 100 callers is among the first 20; a value that breaks the schema of its key is never
 * released; the value of a secret is stored encrypted, and shown to those alone who ask for just
 * that key with {@code reveal}; a watcher is told of every key that changed for it after the
 * revision it knows, or fails with {@code COMPACTED}.
 *
 * <p>Not guaranteed: a watcher who is behind is told the present value, not each one between; one
 * who comes back may be told of a key that is for it as it was. History is forgotten when there is
 * more than the options say. On Redis a release that was answered can be lost, and a fence is
 * judged by what releases of the same namespace carried. Gray releases have no history of their own
 * until they are promoted.
 */
@NullMarked
package io.vertebra.config;

import org.jspecify.annotations.NullMarked;
